//! Host side of `pad.wgsl`.

use super::{Encoder, Field, Implementation, Kernel, Operands, Site, Value, from_all, read, write};
use crate::graph::Op;

/// Padding of height and width.
pub static KERNEL: Kernel = Kernel {
    name: "pad",
    shader: &[include_str!("../../shaders/pad.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("padding_top", Field::Word),
        ("padding_left", Field::Word),
        ("value", Field::Number),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation::only(&["pad"], encode)),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let Op::Pad(op) = site.op() else {
        return;
    };
    let values = [
        Value::Word(op.padding.top),
        Value::Word(op.padding.left),
        Value::Number(op.value.0),
    ];
    from_all(site, operands, encoder, &values);
}
