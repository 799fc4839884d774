//! Host side of `layer_norm.wgsl`.

use super::packing::Packing;
use super::parts::CHANNEL_MASK;
use super::work::Reductions;
use super::{
    Binding, Encoder, Field, Implementation, Kernel, Operands, Site, Value, Work, parameters,
    quads, read, write,
};
use crate::graph::Op;

/// Layer normalisation over the channels of each pixel. One invocation for each pixel.
pub static KERNEL: Kernel = Kernel {
    name: "layer_norm",
    shader: &[CHANNEL_MASK, include_str!("../../shaders/layer_norm.wgsl")],
    uniform: UNIFORM,
    bindings: BINDINGS,
    implementation: Some(Implementation {
        loop_turns: |site, _| LOOPS * quads(site.out_channels()),
        work: |site, instance| Work::by_invocations(site, instance, reductions(site)),
        pack,
        ..Implementation::only(&["layer_norm"], |site, operands, encoder| {
            encode(site, operands, encoder, 1);
        })
    }),
    ..Kernel::COMMON
};

/// The uniform block of a layer normalisation.
pub const UNIFORM: &[(&str, Field)] = &[
    ("input", Field::View),
    ("output", Field::View),
    ("epsilon", Field::Number),
    ("weights_offset", Field::Parameters),
    ("items", Field::Word),
];

/// The tensors of a layer normalisation.
pub const BINDINGS: &[Binding] = &[read("input"), parameters("weights"), write("output")];

/// Number of loops over the channels.
pub const LOOPS: usize = 3;

/// Two rows: gammas, betas.
pub fn pack(site: &Site<'_>) -> Option<Packing> {
    Some(Packing::Rows {
        channels: 0..site.out_channels(),
        rows: site.parameters().len(),
    })
}

/// The pixels as reductions. Parameters are two rows.
pub fn reductions(site: &Site<'_>) -> Reductions {
    let quads = quads(site.out_channels());
    Reductions {
        count: site.pixels(),
        reads: (LOOPS + 2) * quads,
        writes: quads,
        sums: LOOPS,
    }
}

/// Encodes a call of this number of invocations for each pixel.
pub fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder, invocations: usize) {
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
        pixels * invocations,
    );
}
