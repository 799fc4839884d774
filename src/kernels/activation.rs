//! Host side of `activation.wgsl`.

use super::{Call, Field, Kernel, Value, View, pixels, read, write};
use crate::graph::Activation;

/// A clamp, value by value.
pub static KERNEL: Kernel = Kernel {
    name: "activation",
    body: include_str!("../../shaders/activation.wgsl"),
    op: "activation",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("bounds", Field::Bounds),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Applies `activation` to `input`; the identity copies.
pub fn call(activation: Activation, input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch) * output.groups();
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Bounds(activation),
            Value::Word(items),
        ],
        vec![input.resource(), output.resource()],
        items,
    )
}
