//! The call that most kernels of one input make: one invocation for each quad of the result.

use super::uniforms::{Field, Value};
use super::{Encoder, Operands, Site};

/// The uniform block of kernels that need only the input, the result and the number of items.
pub const FROM_INPUT_TO_OUTPUT: &[(&str, Field)] = &[
    ("input", Field::View),
    ("output", Field::View),
    ("items", Field::Word),
];

/// Encodes a call in which each invocation reads only the pixel that it writes. The uniform block holds input and
/// output, then `values`, then the number of quads of the result.
pub fn per_quad(
    site: &Site<'_>,
    operands: &Operands<'_>,
    encoder: &mut Encoder,
    values: &[Value<'_>],
) {
    from_pixels(site, operands, encoder, values, site.pixels());
}

/// As [`per_quad`], but an invocation may read any pixel of the input.
pub fn from_all(
    site: &Site<'_>,
    operands: &Operands<'_>,
    encoder: &mut Encoder,
    values: &[Value<'_>],
) {
    let pixels = site.batch() * site.input().pixels();
    from_pixels(site, operands, encoder, values, pixels);
}

/// As [`per_quad`], but an invocation may read any of the first `pixels` pixels of the input.
pub fn from_pixels(
    site: &Site<'_>,
    operands: &Operands<'_>,
    encoder: &mut Encoder,
    values: &[Value<'_>],
    pixels: usize,
) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let quads = output.quads();
    let items = site.pixels() * quads;
    let mut block = vec![
        Value::View(input, site.batch()),
        Value::View(output, site.batch()),
    ];
    block.extend_from_slice(values);
    block.push(Value::Word(items));
    let bound = vec![
        input.bound(pixels, quads),
        output.bound(site.pixels(), quads),
    ];
    encoder.call(&block, bound, items);
}
