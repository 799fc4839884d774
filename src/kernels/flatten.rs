//! Host side of `flatten.wgsl`.

use super::{Call, FROM_INPUT_TO_OUTPUT, Kernel, View, read, write};

/// From channels-last storage to a vector in channel, row, column order.
pub static KERNEL: Kernel = Kernel {
    name: "flatten",
    body: include_str!("../../shaders/flatten.wgsl"),
    op: "flatten",
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Lines up the values of `input`.
pub fn call(input: &View, output: &View, batch: usize) -> Call {
    let items = batch * output.groups();
    KERNEL.call_on(input, output, batch, items)
}
