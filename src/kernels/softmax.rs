//! Host side of `softmax.wgsl`.

use super::{Call, FROM_INPUT_TO_OUTPUT, Kernel, View, pixels, read, write};

/// Shares of exponentials, over channels.
pub static KERNEL: Kernel = Kernel {
    name: "softmax",
    body: include_str!("../../shaders/softmax.wgsl"),
    op: "softmax",
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Turns each pixel of `input` into shares that add up to one.
pub fn call(input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch);
    KERNEL.call_on(input, output, batch, items)
}
