//! Host side of `depthwise_3x3.wgsl`.

use super::channelwise::{self, BINDINGS, UNIFORM};
use super::reason::Reason;
use super::work::{Each, Work};
use super::{Fusion, Implementation, Instance, Kernel, QUAD, Site};

/// A depthwise convolution with a window of 3x3.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise_3x3",
    shader: &[include_str!("../../shaders/depthwise_3x3.wgsl")],
    uniform: UNIFORM,
    bindings: BINDINGS,
    // `STEP` is the stride over the dilation, along a row.
    instances: &[
        Instance::named("stride 1", 64, &[("STRIP", 7), ("STEP", 1)]),
        Instance::named("stride 2", 64, &[("STRIP", 4), ("STEP", 2)]),
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
    if [height, width] == [3, 3] && stride == step * dilation {
        return Ok(());
    }
    Err(Reason::new(format!(
        "needs a window of 3x3 and a stride of {step} times the dilation, \
         found {height}x{width}, {stride} and {dilation} along a row"
    )))
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    const ROWS: usize = 3;
    let [strip, step] = ["STRIP", "STEP"].map(|name| instance.constant(name));
    let each = Each {
        results: strip,
        multiply_adds: QUAD * ROWS * ROWS * strip,
        inputs: ROWS * ((strip - 1) * step + ROWS),
        parameters: ROWS * ROWS,
        turns: 0,
    };
    channelwise::work_of(site, instance, each)
}
