//! Host side of `global_average_pool.wgsl`.

use super::{Call, FROM_INPUT_TO_OUTPUT, Kernel, View, read, write};

/// The mean of each channel.
pub static KERNEL: Kernel = Kernel {
    name: "global_average_pool",
    body: include_str!("../../shaders/global_average_pool.wgsl"),
    op: "global_average_pool",
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Averages `input` over its pixels.
pub fn call(input: &View, output: &View, batch: usize) -> Call {
    let items = batch * output.groups();
    KERNEL.call_on(input, output, batch, items)
}
