//! Host side of `local_response_norm.wgsl`.

use super::{
    Encoder, Field, Implementation, Kernel, Operands, QUAD, Site, Value, per_quad, quads, read,
    write,
};
use crate::graph::Op;

/// Local response normalisation over neighbouring channels.
pub static KERNEL: Kernel = Kernel {
    name: "local_response_norm",
    shader: &[include_str!("../../shaders/local_response_norm.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("reach", Field::Word),
        ("scale", Field::Number),
        ("beta", Field::Number),
        ("k", Field::Number),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation {
        loop_turns: |site, _| QUAD * quads(site.in_channels()),
        ..Implementation::only(&["local_response_norm"], encode)
    }),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let Op::LocalResponseNorm(op) = site.op() else {
        return;
    };
    let values = [
        // A reach beyond the last channel changes nothing, but it would overflow the shader's numbers.
        Value::Word(op.reach().min(site.in_channels())),
        Value::Number(op.alpha.0 / op.size as f64),
        Value::Number(op.beta.0),
        Value::Number(op.k.0),
    ];
    per_quad(site, operands, encoder, &values);
}
