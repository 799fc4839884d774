//! Host side of `activation.wgsl`.

use super::{
    Encoder, Field, Fusion, Implementation, Kernel, LayoutRule, Operands, Site, Value, per_quad,
    read, write,
};

/// An elementwise expression. A clamp is passed as data. If the operation is the identity, the kernel copies.
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
    fusion: Fusion::Whole,
    layouts: LayoutRule::Same,
    implementation: Some(Implementation::only(
        &["activation", "pointwise", "prelu", "add"],
        encode,
    )),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let values = [Value::Bounds(site.clamp())];
    per_quad(site, operands, encoder, &values);
}
