//! Host side of `batch_norm.wgsl`.

use super::packing::Packing;
use super::{
    Encoder, Field, Fusion, Implementation, Kernel, Operands, Site, Value, parameters, read, write,
};

/// Batch normalisation with running statistics.
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
    fusion: Fusion::Epilogue,
    implementation: Some(Implementation {
        pack,
        ..Implementation::only(&["batch_norm"], encode)
    }),
    ..Kernel::COMMON
};

/// Three rows: means, scales, shifts.
fn pack(site: &Site<'_>) -> Option<Packing> {
    Some(Packing::Rows {
        channels: 0..site.out_channels(),
        rows: site.parameters().len(),
    })
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, pixels, quads) = (site.batch(), site.pixels(), output.quads());
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
