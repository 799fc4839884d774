//! Host side of `global_average_pool.wgsl`.

use super::{FROM_INPUT_TO_OUTPUT, Implementation, Kernel, from_all, read, write};

/// Global average pooling: the mean of each channel.
pub static KERNEL: Kernel = Kernel {
    name: "global_average_pool",
    shader: &[include_str!("../../shaders/global_average_pool.wgsl")],
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation::only(
        &["global_average_pool"],
        |site, operands, encoder| from_all(site, operands, encoder, &[]),
    )),
    ..Kernel::COMMON
};
