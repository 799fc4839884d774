//! What the kernels share that compute a convolution as an implicit matrix product: packing, uniform
//! block, bindings.

use super::packing::{Packed, PlacedWeights, ROWS, TILE};
use super::{
    Binding, Call, Field, GROUP, Kernel, Resource, Value, View, groups, parameters, pixels, read,
    write,
};
use crate::graph::Conv2d;

/// Their uniform block.
pub const UNIFORM: &[(&str, Field)] = &[
    ("input", Field::View),
    ("residual", Field::View),
    ("output", Field::View),
    ("window", Field::Window),
    ("bounds", Field::Bounds),
    ("conv_groups", Field::Word),
    ("in_groups", Field::Word),
    ("out_groups", Field::Word),
    ("tiles", Field::Word),
    ("rows", Field::Word),
    ("has_residual", Field::Word),
    ("pixels", Field::Word),
    ("weights_offset", Field::Word),
    ("items", Field::Word),
];

/// Their tensors.
pub const BINDINGS: &[Binding] = &[
    read("input"),
    parameters("weights"),
    read("residual"),
    write("output"),
];

/// What a convolution reads and writes.
#[derive(Clone, Copy)]
pub struct Operands<'a> {
    /// The input.
    pub input: &'a View,
    /// The packed weight and bias.
    pub weights: &'a PlacedWeights,
    /// What is added to the result, where there is something.
    pub residual: Option<&'a View>,
    /// The result.
    pub output: &'a View,
    /// Number of images.
    pub batch: usize,
}

/// Extents of the matrix product.
pub struct Extents {
    /// Products: groups of channels that do not see each other.
    pub conv_groups: usize,
    /// Groups of four output channels of each product.
    pub out_groups: usize,
    /// Tiles of output groups of each product.
    pub tiles: usize,
    /// Output pixels of the batch.
    pub pixels: usize,
    /// Groups of four input channels of each product, over all taps.
    pub quads: usize,
}

/// Extents of the matrix product that `op` is for so many output pixels of a batch.
pub fn extents(op: &Conv2d, pixels: usize) -> Extents {
    let conv_groups = if is_dense(op) { 1 } else { op.groups };
    let out_groups = groups(op.out_channels / conv_groups);
    let taps = op.window.kernel[0] * op.window.kernel[1];
    Extents {
        conv_groups,
        out_groups,
        tiles: out_groups.div_ceil(TILE),
        pixels,
        quads: taps * groups(op.in_channels / conv_groups),
    }
}

/// How the kernels want the weight and bias of `op`.
pub fn packed(op: &Conv2d) -> Packed {
    Packed::Conv {
        weight: op.weight,
        bias: op.bias,
        groups: op.groups,
        dense: is_dense(op),
        transposed: false,
        outputs: 0..op.out_channels,
    }
}

/// The rule that `op` breaks where a tensor can have `most` texels; none where the kernels can do it.
pub fn refusal(op: &Conv2d, most: usize) -> Option<String> {
    if !is_dense(op) {
        return None;
    }
    let taps = op.window.kernel[0] * op.window.kernel[1];
    let rows = taps * op.in_channels.next_multiple_of(GROUP) + 1;
    let texels = rows.saturating_mul(groups(op.out_channels).next_multiple_of(TILE));
    (texels > most).then(|| {
        let groups = op.groups;
        format!("needs {texels} vec4<f32> for {groups} groups merged into one, and a tensor has at most {most}")
    })
}

/// A call of `kernel` with as many items (places of a tile and a strip of pixels) as `items` makes of the
/// extents, each of `invocations`.
pub fn call(
    kernel: &'static Kernel,
    op: &Conv2d,
    operands: &Operands<'_>,
    items: impl FnOnce(&Extents) -> usize,
    invocations: usize,
) -> Call {
    let Operands {
        input,
        weights,
        residual,
        output,
        batch,
    } = *operands;
    let extents = extents(op, pixels(output, batch));
    let in_groups = groups(op.in_channels / extents.conv_groups);
    let items = items(&extents);
    kernel.call(
        &[
            Value::View(input, batch),
            Value::View(residual.unwrap_or(input), batch),
            Value::View(output, batch),
            Value::Window(&op.window),
            Value::Bounds(op.activation),
            Value::Word(extents.conv_groups),
            Value::Word(in_groups),
            Value::Word(extents.out_groups),
            Value::Word(extents.tiles),
            Value::Word((extents.quads * GROUP).next_multiple_of(ROWS)),
            Value::Word(usize::from(residual.is_some())),
            Value::Word(extents.pixels),
            Value::Word(weights.offset),
            Value::Word(items),
        ],
        vec![
            input.resource(),
            Resource::Weights(weights.arena),
            residual.map_or(Resource::Nothing, View::resource),
            output.resource(),
        ],
        items * invocations,
    )
}

fn is_dense(op: &Conv2d) -> bool {
    must_merge(op.groups, op.in_channels, op.out_channels)
}

/// Whether `groups` are computed as one, with zeros between channels that do not see each other, because
/// they do not fill whole vectors.
pub fn must_merge(groups: usize, in_channels: usize, out_channels: usize) -> bool {
    let aligned = |channels: usize| (channels / groups).is_multiple_of(GROUP);
    groups > 1 && !(aligned(in_channels) && aligned(out_channels))
}
