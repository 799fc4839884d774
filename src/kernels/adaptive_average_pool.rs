//! Host side of `adaptive_average_pool.wgsl`.

use super::{Call, FROM_INPUT_TO_OUTPUT, Kernel, View, pixels, read, write};

/// The mean of each cell of a grid.
pub static KERNEL: Kernel = Kernel {
    name: "adaptive_average_pool",
    body: include_str!("../../shaders/adaptive_average_pool.wgsl"),
    op: "adaptive_average_pool",
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Pools `input` to the size of `output`.
pub fn call(input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch) * output.groups();
    KERNEL.call_on(input, output, batch, items)
}
