//! Host side of `depthwise_3x3.wgsl`.

use super::channelwise::{self, INSTANCES, UNIFORM};
use super::parts::COLUMNS;
use super::reason::Reason;
use super::{Encoder, Fusion, Implementation, Kernel, Operands, Site, matrix_conv};

/// A depthwise convolution with a window of 3x3.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise_3x3",
    shader: &[COLUMNS, include_str!("../../shaders/depthwise_3x3.wgsl")],
    uniform: UNIFORM,
    bindings: matrix_conv::BINDINGS,
    instances: INSTANCES,
    prologue: true,
    fusion: Fusion::Epilogue,
    implementation: Some(Implementation {
        ops: &["conv2d"],
        accept: |site, _| accept(site),
        work: channelwise::work,
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

/// The kernel computes a window at each multiple of the dilation of a row, and stores every `step`th of them.
fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let window = site.window();
    let step = window.stride[1] / window.dilation[1];
    let windows = (site.output().width - 1) * step + 1;
    channelwise::encode(site, operands, encoder, windows);
}
