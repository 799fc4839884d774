//! Host side of `add.wgsl`.

use super::{
    Bound, Encoder, Field, Fusion, Implementation, Kernel, LayoutRule, Operands, Site, Value, read,
    write,
};
use crate::graph::Op;

/// The sum of two tensors of the same shape.
pub static KERNEL: Kernel = Kernel {
    name: "add",
    shader: &[include_str!("../../shaders/add.wgsl")],
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
    fusion: Fusion::Epilogue,
    layouts: LayoutRule::Same,
    implementation: Some(Implementation::only(&["add"], encode)),
    ..Kernel::COMMON
};

/// Adds the left tensor and the scaled right tensor. If both are the same tensor, it is bound only once: a shared slot
/// may not be bound twice.
fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (Op::Add(op), [left, right]) = (site.op(), operands.inputs) else {
        return;
    };
    let output = operands.output;
    let (batch, pixels, quads) = (site.batch(), site.pixels(), output.quads());
    let doubles = left == right;
    encoder.call(
        &[
            Value::View(left, batch),
            Value::View(right, batch),
            Value::View(output, batch),
            Value::Bounds(site.clamp()),
            Value::Word(pixels * quads),
            Value::Word(usize::from(doubles)),
            Value::Number(op.scale.0),
        ],
        vec![
            left.bound(pixels, quads),
            match doubles {
                true => Bound::NOTHING,
                false => right.bound(pixels, quads),
            },
            output.bound(pixels, quads),
        ],
        pixels * quads,
    );
}
