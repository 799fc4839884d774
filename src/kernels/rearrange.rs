//! Host side of `rearrange.wgsl`.

use super::{
    Encoder, Field, Implementation, Kernel, LayoutRule, Operands, Site, Value, read, write,
};
use crate::graph::Op;

/// The same values in another order of memory. After a transposition is counted in, their logical order is the same.
pub static KERNEL: Kernel = Kernel {
    name: "rearrange",
    shader: &[include_str!("../../shaders/rearrange.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("pixels", Field::Axes),
        ("channels", Field::Axes),
        ("source", Field::Axes),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    layouts: LayoutRule::Any,
    implementation: Some(Implementation::only(
        &["relayout", "reshape", "transpose", "dropout"],
        encode,
    )),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, items) = (site.batch(), site.pixels() * output.quads());
    let source = match site.op() {
        Op::Transpose(op) => site.input_arrangement().transposed(&op.axes),
        _ => *site.input_arrangement(),
    };
    let target = site.output_arrangement();
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Axes(&target.pixel_steps(batch)),
            Value::Axes(&target.channel_steps()),
            Value::Axes(&source.memory_steps(input, batch)),
            Value::Word(items),
        ],
        vec![
            input.bound(batch * site.input().pixels(), input.quads()),
            output.bound(site.pixels(), output.quads()),
        ],
        items,
    );
}
