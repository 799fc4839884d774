//! Host side of `batch_norm.wgsl`.

use super::packing::Packing;
use super::{
    Encoder, Field, Implementation, Kernel, Operands, Site, Value, parameters, read, write,
};

/// Normalisation with running statistics.
pub static KERNEL: Kernel = Kernel {
    name: "batch_norm",
    shader: &[include_str!("../../shaders/batch_norm.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("bounds", Field::Bounds),
        ("weights_offset", Field::Parameters),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), parameters("weights"), write("output")],
    implementation: Some(Implementation {
        pack,
        ..Implementation::only(&["batch_norm"], encode)
    }),
    ..Kernel::COMMON
};

fn pack(site: &Site<'_>) -> Option<Packing> {
    Some(Packing::batch_norm(site.out_channels(), site.epsilon()))
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, pixels, quads) = (site.batch(), site.pixels(), output.groups());
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Bounds(site.clamp()),
            Value::Parameters,
            Value::Word(pixels * quads),
        ],
        vec![
            input.bound(pixels, quads),
            operands.parameters(3 * quads),
            output.bound(pixels, quads),
        ],
        pixels * quads,
    );
}
