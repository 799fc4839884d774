//! Host side of `pad.wgsl`.

use super::{Call, Field, Kernel, Value, View, pixels, read, write};
use crate::graph::Pad;

/// A border of zeros.
pub static KERNEL: Kernel = Kernel {
    name: "pad",
    body: include_str!("../../shaders/pad.wgsl"),
    op: "pad",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("padding_top", Field::Word),
        ("padding_left", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Puts a border around `input`.
pub fn call(op: &Pad, input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch) * output.groups();
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(op.padding.top),
            Value::Word(op.padding.left),
            Value::Word(items),
        ],
        vec![input.resource(), output.resource()],
        items,
    )
}
