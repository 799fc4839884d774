//! Host side of `activation.wgsl`.

use super::{Encoder, Field, Implementation, Kernel, Operands, Site, Value, per_quad, read, write};

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
    implementation: Some(Implementation::only(&["activation", "dropout"], encode)),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let values = [Value::Bounds(site.clamp())];
    per_quad(site, operands, encoder, &values);
}
