//! Host side of `softmax.wgsl`.

use super::{Call, Field, Kernel, Value, pixels, read, write};
use crate::plan::{Resource, View};

/// Shares of exponentials, over channels.
pub static KERNEL: Kernel = Kernel {
    name: "softmax",
    body: include_str!("../../shaders/softmax.wgsl"),
    op: "softmax",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Turns each pixel of `input` into shares that add up to one.
pub fn call(input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch);
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(items),
        ],
        vec![Resource::Slot(input.slot), Resource::Slot(output.slot)],
        items,
    )
}
