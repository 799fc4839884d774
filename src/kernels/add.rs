//! Host side of `add.wgsl`.

use super::{Call, Field, Kernel, Resource, Value, View, pixels, read, write};
use crate::graph::Add;

/// A sum of two tensors of one shape.
pub static KERNEL: Kernel = Kernel {
    name: "add",
    body: include_str!("../../shaders/add.wgsl"),
    op: "add",
    uniform: &[
        ("left", Field::View),
        ("right", Field::View),
        ("output", Field::View),
        ("bounds", Field::Bounds),
        ("items", Field::Word),
        ("doubles", Field::Word),
        ("scale", Field::Number),
    ],
    bindings: &[read("left"), read("right"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Adds `left` and the scaled `right`. Where they are the same tensor it is bound only once, since slots that are
/// shared allow no more.
pub fn call(op: &Add, left: &View, right: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch) * output.groups();
    let doubles = left == right;
    KERNEL.call(
        &[
            Value::View(left, batch),
            Value::View(right, batch),
            Value::View(output, batch),
            Value::Bounds(op.activation),
            Value::Word(items),
            Value::Word(usize::from(doubles)),
            Value::Number(op.scale),
        ],
        vec![
            left.resource(),
            match doubles {
                true => Resource::Nothing,
                false => right.resource(),
            },
            output.resource(),
        ],
        items,
    )
}
