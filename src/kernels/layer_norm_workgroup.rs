//! Host side of `layer_norm_workgroup.wgsl`.

use super::layer_norm::{BINDINGS, LOOPS, UNIFORM, encode, pack, reductions};
use super::parts::{CHANNEL_MASK, WORKGROUP_SUM};
use super::{Implementation, Kernel, Work, quads};

/// Layer normalisation over the channels of each pixel, by a workgroup for each pixel.
pub static KERNEL: Kernel = Kernel {
    name: "layer_norm_workgroup",
    shader: &[
        CHANNEL_MASK,
        WORKGROUP_SUM,
        include_str!("../../shaders/layer_norm_workgroup.wgsl"),
    ],
    uniform: UNIFORM,
    bindings: BINDINGS,
    implementation: Some(Implementation {
        loop_turns: |site, instance| {
            LOOPS * quads(site.out_channels()).div_ceil(instance.workgroup_size as usize)
        },
        work: |site, instance| Work::by_workgroups(site, instance, reductions(site)),
        pack,
        ..Implementation::only(&["layer_norm"], |site, operands, encoder| {
            let size = encoder.instance().workgroup_size as usize;
            encode(site, operands, encoder, size);
        })
    }),
    ..Kernel::COMMON
};
