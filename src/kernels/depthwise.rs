//! Host side of `depthwise.wgsl`.

use super::channelwise::{self, INSTANCES, UNIFORM};
use super::{Fusion, Implementation, Kernel, matrix_conv};

/// A depthwise convolution of any window: each channel is filtered by itself.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise",
    shader: &[include_str!("../../shaders/depthwise.wgsl")],
    uniform: UNIFORM,
    bindings: matrix_conv::BINDINGS,
    instances: INSTANCES,
    prologue: true,
    fusion: Fusion::Epilogue,
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
