//! Host side of `depthwise_3x3.wgsl`.

use super::channelwise::{self, INSTANCES, UNIFORM};
use super::reason::Reason;
use super::work::{Each, Work};
use super::{Encoder, Fusion, Implementation, Instance, Kernel, Operands, QUAD, Site, matrix_conv};

/// A depthwise convolution with a window of 3x3.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise_3x3",
    shader: &[include_str!("../../shaders/depthwise_3x3.wgsl")],
    uniform: UNIFORM,
    bindings: matrix_conv::BINDINGS,
    instances: INSTANCES,
    prologue: true,
    fusion: Fusion::Epilogue,
    implementation: Some(Implementation {
        ops: &["conv2d"],
        accept: |site, _| accept(site),
        loop_turns: channelwise::loop_turns,
        work,
        pack: channelwise::pack,
        encode,
    }),
    ..Kernel::COMMON
};

fn accept(site: &Site<'_>) -> Result<(), Reason> {
    channelwise::accept(site)?;
    let window = site.window();
    let ([height, width], stride) = (window.kernel, window.stride[1]);
    let dilation = window.dilation[1];
    if [height, width] == [3, 3] && stride.is_multiple_of(dilation) {
        return Ok(());
    }
    Err(Reason::new(format!(
        "needs a window of 3x3 and a stride that is a multiple of the dilation, \
         found {height}x{width}, {stride} and {dilation} along a row"
    )))
}

/// Windows of a row that the kernel computes, one at each multiple of the dilation. It stores every `step`th of them.
fn windows(site: &Site<'_>) -> usize {
    (site.output().width - 1) * step(site) + 1
}

fn step(site: &Site<'_>) -> usize {
    let window = site.window();
    window.stride[1] / window.dilation[1]
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    const ROWS: usize = 3;
    let strip = instance.constant("STRIP");
    let each = Each {
        results: strip.div_ceil(step(site)),
        multiply_adds: QUAD * ROWS * ROWS * strip,
        inputs: ROWS * (strip + ROWS - 1),
        parameters: ROWS * ROWS,
        turns: 0,
    };
    channelwise::work_of(site, instance, windows(site), each)
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    channelwise::encode(site, operands, encoder, windows(site));
}
