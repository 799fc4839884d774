//! Host side of `reduce_workgroup.wgsl`.

use super::parts::REDUCTION;
use super::reduce::{BINDINGS, UNIFORM, count, encode, reductions};
use super::{Implementation, Instance, Kernel, LayoutRule, QUAD, Site, Work};

/// Reductions along any axes, of tensors in any order of memory, by a workgroup for each quad of the result.
pub static KERNEL: Kernel = Kernel {
    name: "reduce_workgroup",
    shader: &[
        REDUCTION,
        include_str!("../../shaders/reduce_workgroup.wgsl"),
    ],
    uniform: UNIFORM,
    bindings: BINDINGS,
    instances: &[Instance::only(256, &[])],
    layouts: LayoutRule::Any,
    implementation: Some(Implementation {
        loop_turns: |site, instance| values(site).div_ceil(instance.workgroup_size as usize),
        work: |site, instance| Work::by_workgroups(site, instance, reductions(site)),
        ..Implementation::only(&["reduce"], |site, operands, encoder| {
            let size = encoder.instance().workgroup_size as usize;
            encode(site, operands, encoder, size);
        })
    }),
    ..Kernel::COMMON
};

/// Number of values that a quad of the result is made of: its lanes are filled up to a power of two.
fn values(site: &Site<'_>) -> usize {
    count(site) * site.out_channels().next_power_of_two().min(QUAD)
}
