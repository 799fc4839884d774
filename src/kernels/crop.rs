//! Host side of `crop.wgsl`.

use super::{
    Encoder, Field, Implementation, Kernel, Operands, Site, Value, from_pixels, read, write,
};
use crate::graph::Op;

/// Removes the outermost rows and columns of an image.
pub static KERNEL: Kernel = Kernel {
    name: "crop",
    shader: &[include_str!("../../shaders/crop.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("border_top", Field::Word),
        ("border_left", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation::only(&["crop"], encode)),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let Op::Crop(op) = site.op() else {
        return;
    };
    let (input, output) = (site.input(), site.output());
    // The shader reads up to the last row and column that the last image keeps.
    let row = op.border.top + output.height - 1;
    let column = op.border.left + output.width - 1;
    let pixels = (site.batch() - 1) * input.pixels() + row * input.width + column + 1;
    let values = [Value::Word(op.border.top), Value::Word(op.border.left)];
    from_pixels(site, operands, encoder, &values, pixels);
}
