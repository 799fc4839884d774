//! Host side of `resize.wgsl`.

use super::{Encoder, Field, Implementation, Kernel, Operands, Site, Value, from_all, read, write};
use crate::graph::{Interpolation, Op, Sampling};

/// Resizes an image, nearest or bilinear.
pub static KERNEL: Kernel = Kernel {
    name: "resize",
    shader: &[include_str!("../../shaders/resize.wgsl")],
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
    implementation: Some(Implementation::only(&["resize"], encode)),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let Op::Resize(op) = site.op() else {
        return;
    };
    let (input, output) = (site.input(), site.output());
    let rows = op.interpolation.sampling(input.height, output.height);
    let columns = op.interpolation.sampling(input.width, output.width);
    let is_bilinear = op.interpolation != Interpolation::Nearest;
    let mut values = Vec::new();
    for Sampling {
        multiplier,
        offset,
        divisor,
    } in [rows, columns]
    {
        // The shader reads the offset as a signed number.
        let offset = Value::Word(offset as usize);
        values.extend([Value::Word(multiplier), offset, Value::Word(divisor)]);
    }
    values.push(Value::Word(usize::from(is_bilinear)));
    from_all(site, operands, encoder, &values);
}
