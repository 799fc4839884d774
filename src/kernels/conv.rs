//! Host side of `conv.wgsl`.

use super::packing::Packed;
use super::{Call, Field, Kernel, Operand, Value, pixels, read, write};
use crate::graph::Conv2d;
use crate::plan::{GROUP, View, groups};

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

/// Convolves `input`, adds `residual` where there is one.
pub fn call(
    op: &Conv2d,
    input: &View,
    residual: Option<&View>,
    output: &View,
    batch: usize,
) -> Call {
    // Groups that do not fill whole vectors are computed as one, zeros in between.
    let aligned = |channels: usize| (channels / op.groups).is_multiple_of(GROUP);
    let dense = op.groups > 1 && !(aligned(op.in_channels) && aligned(op.out_channels));
    let conv_groups = if dense { 1 } else { op.groups };
    let out_groups = groups(op.out_channels / conv_groups);
    let blocks = out_groups.div_ceil(OUT_BLOCK);
    let pixels = pixels(output, batch);
    let items = pixels.div_ceil(STRIP) * conv_groups * blocks;
    let weights = Packed::Conv {
        weight: op.weight,
        bias: op.bias,
        groups: op.groups,
        dense,
    };
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
            Value::Word(items),
        ],
        vec![
            Operand::Slot(input.slot),
            Operand::Weights(weights),
            Operand::Slot(residual_view.slot),
            Operand::Slot(output.slot),
        ],
        items,
    )
}
