//! Host side of `activation.wgsl`.

use super::kernel::Reason;
use super::{
    Encoder, Field, Implementation, Kernel, Operands, Site, Value, clamp_of, per_quad, read, write,
};
use crate::graph::Op;

/// A clamp, value by value; where an operation only hands its input on, a copy.
pub static KERNEL: Kernel = Kernel {
    name: "activation",
    shader: &[include_str!("../../shaders/activation.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("bounds", Field::Bounds),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation {
        accept: |site, _| accept(site),
        ..Implementation::only(&["activation", "dropout"], encode)
    }),
    ..Kernel::COMMON
};

fn accept(site: &Site<'_>) -> Result<(), Reason> {
    match site.op() {
        Op::Activation(activation) if clamp_of(&activation.expression()).is_none() => {
            Err(Reason::new(format!("needs a clamp, found {activation}")))
        }
        _ => Ok(()),
    }
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let values = [Value::Bounds(site.clamp())];
    per_quad(site, operands, encoder, &values);
}
