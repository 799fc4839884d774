//! Host side of `depthwise.wgsl`.

use super::channelwise::{self, INSTANCES, UNIFORM};
use super::{Implementation, Kernel, Slot, matrix_conv};

/// A convolution that filters each channel by itself.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise",
    shader: &[include_str!("../../shaders/depthwise.wgsl")],
    uniform: UNIFORM,
    bindings: matrix_conv::BINDINGS,
    instances: INSTANCES,
    before: true,
    slot: Slot::Behind,
    implementation: Some(Implementation {
        ops: &["conv2d"],
        accept: |site, _| channelwise::accept(site),
        work: channelwise::work,
        pack: channelwise::pack,
        encode: |site, operands, encoder| {
            channelwise::encode(site, operands, encoder, site.output().width);
        },
    }),
    ..Kernel::COMMON
};
