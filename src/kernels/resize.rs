//! Host side of `resize.wgsl`.

use super::{Call, Field, Kernel, Value, View, pixels, read, write};
use crate::graph::{Interpolation, Resize, Sampling};

/// An image at another size.
pub static KERNEL: Kernel = Kernel {
    name: "resize",
    body: include_str!("../../shaders/resize.wgsl"),
    op: "resize",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("rows_multiplier", Field::Word),
        ("rows_offset", Field::Word),
        ("rows_divisor", Field::Word),
        ("columns_multiplier", Field::Word),
        ("columns_offset", Field::Word),
        ("columns_divisor", Field::Word),
        ("is_bilinear", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Resizes `input`.
pub fn call(op: &Resize, input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch) * output.groups();
    let rows = op.interpolation.sampling(input.shape.height, op.height);
    let columns = op.interpolation.sampling(input.shape.width, op.width);
    let is_bilinear = op.interpolation != Interpolation::Nearest;
    let mut values = vec![Value::View(input, batch), Value::View(output, batch)];
    for Sampling {
        multiplier,
        offset,
        divisor,
    } in [rows, columns]
    {
        // The shader takes the offset for the signed number that it is.
        let offset = Value::Word(offset as usize);
        values.extend([Value::Word(multiplier), offset, Value::Word(divisor)]);
    }
    values.extend([Value::Word(usize::from(is_bilinear)), Value::Word(items)]);
    KERNEL.call(&values, vec![input.resource(), output.resource()], items)
}
