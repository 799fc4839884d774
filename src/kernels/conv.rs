//! Host side of `conv.wgsl`.

use super::packing::Packed;
use super::{Call, Field, Kernel, Value, pixels, read, write};
use crate::graph::Conv2d;
use crate::plan::{GROUP, PlacedWeights, Resource, View, groups};

/// Pixels that one invocation makes; `STRIP` in the shader.
const STRIP: usize = 8;
/// Groups of output channels that one invocation makes; `OUT_BLOCK` in the shader.
const OUT_BLOCK: usize = 2;

/// Any convolution, as an implicit matrix product in registers.
pub static KERNEL: Kernel = Kernel {
    name: "conv",
    body: include_str!("../../shaders/conv.wgsl"),
    op: "conv2d",
    uniform: &[
        ("input", Field::View),
        ("residual", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("bounds", Field::Bounds),
        ("conv_groups", Field::Word),
        ("in_groups", Field::Word),
        ("out_groups", Field::Word),
        ("has_residual", Field::Word),
        ("blocks", Field::Word),
        ("pixels", Field::Word),
        ("weights_offset", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[
        read("input"),
        read("weights"),
        read("residual"),
        write("output"),
    ],
    workgroup_size: 64,
    subgroups: false,
};

/// How the kernel wants the weight and bias of `op`.
pub fn packed(op: &Conv2d) -> Packed {
    Packed::Conv {
        weight: op.weight,
        bias: op.bias,
        groups: op.groups,
        dense: is_dense(op),
    }
}

/// Whether the groups of `op` are computed as one, with zeros between channels that do not see each
/// other, because they do not fill whole vectors.
fn is_dense(op: &Conv2d) -> bool {
    let aligned = |channels: usize| (channels / op.groups).is_multiple_of(GROUP);
    op.groups > 1 && !(aligned(op.in_channels) && aligned(op.out_channels))
}

/// Convolves `input`, adds `residual` where there is one.
pub fn call(
    op: &Conv2d,
    input: &View,
    weights: &PlacedWeights,
    residual: Option<&View>,
    output: &View,
    batch: usize,
) -> Call {
    let conv_groups = if is_dense(op) { 1 } else { op.groups };
    let out_groups = groups(op.out_channels / conv_groups);
    let blocks = out_groups.div_ceil(OUT_BLOCK);
    let pixels = pixels(output, batch);
    let items = pixels.div_ceil(STRIP) * conv_groups * blocks;
    // A binding must hold something: without a residual the input is bound again and not read.
    let residual_view = residual.unwrap_or(input);
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(residual_view, batch),
            Value::View(output, batch),
            Value::Window(&op.window),
            Value::Bounds(op.activation),
            Value::Word(conv_groups),
            Value::Word(groups(op.in_channels / conv_groups)),
            Value::Word(out_groups),
            Value::Word(usize::from(residual.is_some())),
            Value::Word(blocks),
            Value::Word(pixels),
            Value::Word(weights.offset),
            Value::Word(items),
        ],
        vec![
            Resource::Slot(input.slot),
            Resource::Weights(weights.arena),
            Resource::Slot(residual_view.slot),
            Resource::Slot(output.slot),
        ],
        items,
    )
}
