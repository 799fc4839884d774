//! Host side of `adaptive_average_pool.wgsl`.

use super::{FROM_INPUT_TO_OUTPUT, Implementation, Kernel, from_all, read, write};

/// Adaptive average pooling: the mean of each cell of a grid.
pub static KERNEL: Kernel = Kernel {
    name: "adaptive_average_pool",
    shader: &[include_str!("../../shaders/adaptive_average_pool.wgsl")],
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation::only(
        &["adaptive_average_pool"],
        |site, operands, encoder| from_all(site, operands, encoder, &[]),
    )),
    ..Kernel::COMMON
};
