//! Host side of `global_average_pool.wgsl`.

use super::reason::Reason;
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
        accept: |site, _| accept(site),
        loop_turns: |site, _| site.input().pixels(),
        work: |site, instance| Work::by_invocations(site, instance, reductions(site)),
        ..Implementation::only(OPS, |site, operands, encoder| {
            from_all(site, operands, encoder, &[])
        })
    }),
    ..Kernel::COMMON
};

/// Adaptive pooling to one cell is global pooling.
pub const OPS: &[&str] = &["global_average_pool", "adaptive_average_pool"];

/// Checks that the result is one pixel.
pub fn accept(site: &Site<'_>) -> Result<(), Reason> {
    let output = site.output();
    match output.pixels() {
        1 => Ok(()),
        _ => Err(Reason::new(format!(
            "needs a single cell, found {}x{}",
            output.height, output.width
        ))),
    }
}

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
