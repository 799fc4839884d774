//! Host side of `layer_norm.wgsl`.

use super::packing::Packing;
use super::{Encoder, Field, Implementation, Kernel, Operands, Site, Value};
use super::{parameters, read, write};
use crate::graph::Op;

/// Layer normalisation over the channels of each pixel.
pub static KERNEL: Kernel = Kernel {
    name: "layer_norm",
    shader: &[include_str!("../../shaders/layer_norm.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("epsilon", Field::Number),
        ("weights_offset", Field::Parameters),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), parameters("weights"), write("output")],
    implementation: Some(Implementation {
        pack,
        ..Implementation::only(&["layer_norm"], encode)
    }),
    ..Kernel::COMMON
};

/// Two rows: gammas, betas.
fn pack(site: &Site<'_>) -> Option<Packing> {
    Some(Packing::Rows {
        channels: 0..site.out_channels(),
        rows: site.parameters().len(),
    })
}

/// One invocation for each pixel.
fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let Op::LayerNorm(op) = site.op() else {
        return;
    };
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, pixels, quads) = (site.batch(), site.pixels(), output.quads());
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Number(op.epsilon.0),
            Value::Parameters,
            Value::Word(pixels),
        ],
        vec![
            input.bound(pixels, quads),
            operands.parameters(2 * quads),
            output.bound(pixels, quads),
        ],
        pixels,
    );
}
