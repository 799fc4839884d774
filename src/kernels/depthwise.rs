//! Host side of `depthwise.wgsl`.

use super::channelwise::{self, BINDINGS, UNIFORM};
use super::parts::STRIP;
use super::{Fusion, Implementation, Instance, Kernel};

/// A depthwise convolution of any window: each channel is filtered by itself.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise",
    shader: &[STRIP, include_str!("../../shaders/depthwise.wgsl")],
    uniform: UNIFORM,
    bindings: BINDINGS,
    instances: &[
        Instance::named("sliding", 64, &[("STRIP", 7), ("SLIDING", 1)]),
        Instance::named("strided", 64, &[("STRIP", 4), ("SLIDING", 0)]),
    ],
    prologue: true,
    fusion: Fusion::Epilogue,
    implementation: Some(Implementation {
        ops: &["conv2d"],
        accept: |site, instance| {
            channelwise::accept(site)?;
            channelwise::accept_sliding(site, instance)
        },
        loop_turns: channelwise::loop_turns,
        work: channelwise::work,
        pack: channelwise::pack,
        encode: channelwise::encode,
    }),
    ..Kernel::COMMON
};
