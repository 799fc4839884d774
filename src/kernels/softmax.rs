//! Host side of `softmax.wgsl`.

use super::parts::CHANNEL_MASK;
use super::work::Reductions;
use super::{
    Encoder, FROM_INPUT_TO_OUTPUT, Implementation, Kernel, Operands, Site, Value, Work, quads,
    read, write,
};

/// Softmax over the channels of each pixel. One invocation for each pixel.
pub static KERNEL: Kernel = Kernel {
    name: "softmax",
    shader: &[CHANNEL_MASK, include_str!("../../shaders/softmax.wgsl")],
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation {
        loop_turns: |site, _| LOOPS * quads(site.out_channels()),
        work: |site, instance| Work::by_invocations(site, instance, reductions(site)),
        ..Implementation::only(&["softmax"], |site, operands, encoder| {
            encode(site, operands, encoder, 1);
        })
    }),
    ..Kernel::COMMON
};

/// Number of loops over the channels.
pub const LOOPS: usize = 3;

/// The pixels as reductions.
pub fn reductions(site: &Site<'_>) -> Reductions {
    let quads = quads(site.out_channels());
    Reductions {
        count: site.pixels(),
        reads: LOOPS * quads,
        writes: quads,
        sums: LOOPS,
    }
}

/// Encodes a call of this number of invocations for each pixel.
pub fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder, invocations: usize) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, pixels, quads) = (site.batch(), site.pixels(), output.quads());
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(pixels),
        ],
        vec![input.bound(pixels, quads), output.bound(pixels, quads)],
        pixels * invocations,
    );
}
