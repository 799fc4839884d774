//! Host side of `crop.wgsl`.

use super::{Call, Field, Kernel, Value, View, pixels, read, write};
use crate::graph::Crop;

/// An image without its outermost rows and columns.
pub static KERNEL: Kernel = Kernel {
    name: "crop",
    body: include_str!("../../shaders/crop.wgsl"),
    op: "crop",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("border_top", Field::Word),
        ("border_left", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Cuts the border off `input`.
pub fn call(op: &Crop, input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch) * output.groups();
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(op.border.top),
            Value::Word(op.border.left),
            Value::Word(items),
        ],
        vec![input.resource(), output.resource()],
        items,
    )
}
