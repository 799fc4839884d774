//! Host side of `conv_transpose2d.wgsl`.

use super::matrix_conv::must_merge;
use super::packing::{Packed, PlacedWeights, ROWS, TILE};
use super::{Call, Field, GROUP, Kernel, Resource, Value, View, groups, parameters, read, write};
use crate::graph::ConvTranspose2d;

/// Pixels that one invocation makes.
const STRIP: usize = 8;
/// Groups of output channels that one invocation makes.
const OUT_BLOCK: usize = 2;

/// Any transposed convolution, gathered, in registers.
pub static KERNEL: Kernel = Kernel {
    name: "conv_transpose2d",
    body: include_str!("../../shaders/conv_transpose2d.wgsl"),
    op: "conv_transpose2d",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("bounds", Field::Bounds),
        ("conv_groups", Field::Word),
        ("in_groups", Field::Word),
        ("out_groups", Field::Word),
        ("tiles", Field::Word),
        ("rows", Field::Word),
        ("strips", Field::Word),
        ("weights_offset", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), parameters("weights"), write("output")],
    constants: &[("STRIP", STRIP), ("OUT_BLOCK", OUT_BLOCK), ("TILE", TILE)],
    workgroup_size: 64,
    subgroups: false,
};

/// How the kernel wants the weight and bias of `op`.
pub fn packed(op: &ConvTranspose2d) -> Packed {
    Packed::Conv {
        weight: op.weight,
        bias: op.bias,
        groups: op.groups,
        dense: must_merge(op.groups, op.in_channels, op.out_channels),
        transposed: true,
        outputs: 0..op.out_channels,
    }
}

/// The call that computes `op`.
pub fn call(
    op: &ConvTranspose2d,
    input: &View,
    weights: &PlacedWeights,
    output: &View,
    batch: usize,
) -> Call {
    let merged = must_merge(op.groups, op.in_channels, op.out_channels);
    let conv_groups = if merged { 1 } else { op.groups };
    let in_groups = groups(op.in_channels / conv_groups);
    let out_groups = groups(op.out_channels / conv_groups);
    let [kernel_height, kernel_width] = op.window.kernel;
    let rows = (kernel_height * kernel_width * in_groups * GROUP).next_multiple_of(ROWS);
    // A strip's pixels are a stride apart; as many strips begin side by side.
    let stride = op.window.stride[1];
    let strips = output.shape.width.div_ceil(stride).div_ceil(STRIP);
    let blocks = conv_groups * out_groups.div_ceil(OUT_BLOCK);
    let items = batch * output.shape.height * stride * strips * blocks;
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Window(&op.window),
            Value::Bounds(op.activation),
            Value::Word(conv_groups),
            Value::Word(in_groups),
            Value::Word(out_groups),
            Value::Word(out_groups.div_ceil(TILE)),
            Value::Word(rows),
            Value::Word(strips),
            Value::Word(weights.offset),
            Value::Word(items),
        ],
        vec![
            input.resource(),
            Resource::Weights(weights.arena),
            output.resource(),
        ],
        items,
    )
}
