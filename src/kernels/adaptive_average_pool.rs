//! Host side of `adaptive_average_pool.wgsl`.

use super::nested_turns;
use super::reason::Reason;
use super::{FROM_INPUT_TO_OUTPUT, Implementation, Kernel, Site, from_all, read, write};

/// Adaptive average pooling: the mean of each cell of a grid.
pub static KERNEL: Kernel = Kernel {
    name: "adaptive_average_pool",
    shader: &[include_str!("../../shaders/adaptive_average_pool.wgsl")],
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation {
        accept: |site, _| match site.output().pixels() {
            1 => Err(Reason::new("needs several cells, found 1".to_owned())),
            _ => Ok(()),
        },
        loop_turns: |site, _| loop_turns(site),
        ..Implementation::only(&["adaptive_average_pool"], |site, operands, encoder| {
            from_all(site, operands, encoder, &[])
        })
    }),
    ..Kernel::COMMON
};

/// The turns of a loop over the rows of the largest cell, with a loop over the pixels of a row in it. Along an axis, a cell
/// begins and ends in pixels that it may share with its neighbours.
fn loop_turns(site: &Site<'_>) -> usize {
    let (input, output) = (site.input(), site.output());
    let along = |from: usize, to: usize| from.min(from.div_ceil(to) + 1);
    nested_turns(&[
        along(input.height, output.height),
        along(input.width, output.width),
    ])
}
