//! Host side of `global_average_pool.wgsl`.

use super::work::Reductions;
use super::{
    FROM_INPUT_TO_OUTPUT, Implementation, Kernel, Site, Work, from_all, quads, read, write,
};

/// Global average pooling: the mean of each channel.
pub static KERNEL: Kernel = Kernel {
    name: "global_average_pool",
    shader: &[include_str!("../../shaders/global_average_pool.wgsl")],
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation {
        loop_turns: |site, _| site.input().pixels(),
        work: |site, instance| Work::by_invocations(site, instance, reductions(site)),
        ..Implementation::only(&["global_average_pool"], |site, operands, encoder| {
            from_all(site, operands, encoder, &[])
        })
    }),
    ..Kernel::COMMON
};

/// The means as reductions.
pub fn reductions(site: &Site<'_>) -> Reductions {
    Reductions {
        count: means(site),
        reads: site.input().pixels(),
        writes: 1,
        sums: 1,
    }
}

/// Number of quads of the result.
pub fn means(site: &Site<'_>) -> usize {
    site.batch() * quads(site.out_channels())
}
