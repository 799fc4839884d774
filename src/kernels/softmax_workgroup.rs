//! Host side of `softmax_workgroup.wgsl`.

use super::parts::{CHANNEL_MASK, WORKGROUP_SUM};
use super::softmax::{LOOPS, encode, reductions};
use super::{FROM_INPUT_TO_OUTPUT, Implementation, Kernel, Work, quads, read, write};

/// Softmax over the channels of each pixel, by a workgroup for each pixel.
pub static KERNEL: Kernel = Kernel {
    name: "softmax_workgroup",
    shader: &[
        CHANNEL_MASK,
        WORKGROUP_SUM,
        include_str!("../../shaders/softmax_workgroup.wgsl"),
    ],
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation {
        loop_turns: |site, instance| {
            LOOPS * quads(site.out_channels()).div_ceil(instance.workgroup_size as usize)
        },
        work: |site, instance| Work::by_workgroups(site, instance, reductions(site)),
        ..Implementation::only(&["softmax"], |site, operands, encoder| {
            let size = encoder.instance().workgroup_size as usize;
            encode(site, operands, encoder, size);
        })
    }),
    ..Kernel::COMMON
};
