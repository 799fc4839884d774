//! Host side of `depthwise_unrolled.wgsl`.

use super::channelwise::{self, BINDINGS, UNIFORM};
use super::reason::Reason;
use super::work::{Each, OTHER_REGISTERS, Work};
use super::{Fusion, Implementation, Instance, Kernel, QUAD, Site};

/// A depthwise convolution with a window of 3x3 or 5x5.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise_unrolled",
    shader: &[include_str!("../../shaders/depthwise_unrolled.wgsl")],
    uniform: UNIFORM,
    bindings: BINDINGS,
    // `STEP` is the stride over the dilation, along a row.
    instances: &[
        Instance::named(
            "3x3 stride 1",
            64,
            &[("SIDE", 3), ("STRIP", 7), ("STEP", 1)],
        ),
        Instance::named(
            "3x3 stride 2",
            64,
            &[("SIDE", 3), ("STRIP", 4), ("STEP", 2)],
        ),
        Instance::named(
            "5x5 stride 1",
            64,
            &[("SIDE", 5), ("STRIP", 7), ("STEP", 1)],
        ),
        Instance::named(
            "5x5 stride 2",
            64,
            &[("SIDE", 5), ("STRIP", 4), ("STEP", 2)],
        ),
    ],
    prologue: true,
    fusion: Fusion::Epilogue,
    implementation: Some(Implementation {
        ops: &["conv2d"],
        accept,
        loop_turns: channelwise::loop_turns,
        work,
        pack: channelwise::pack,
        encode: channelwise::encode,
    }),
    ..Kernel::COMMON
};

fn accept(site: &Site<'_>, instance: &Instance) -> Result<(), Reason> {
    channelwise::accept(site)?;
    let window = site.window();
    let ([height, width], stride) = (window.kernel, window.stride[1]);
    let (dilation, step) = (window.dilation[1], instance.constant("STEP"));
    let side = instance.constant("SIDE");
    if [height, width] == [side, side] && stride == step * dilation {
        return Ok(());
    }
    Err(Reason::new(format!(
        "needs a window of {side}x{side} and a stride of {step} times the dilation, \
         found {height}x{width}, {stride} and {dilation} along a row"
    )))
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let [side, strip, step] = ["SIDE", "STRIP", "STEP"].map(|name| instance.constant(name));
    let columns = (strip - 1) * step + side;
    let each = Each {
        results: strip,
        multiply_adds: QUAD * side * side * strip,
        inputs: side * columns,
        parameters: side * side,
        turns: 0,
    };
    Work {
        // The sums, and what is read for a row of the windows.
        registers: OTHER_REGISTERS + QUAD * (strip + columns + side),
        ..channelwise::work_of(site, instance, each)
    }
}
