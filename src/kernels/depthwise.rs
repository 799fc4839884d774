//! Host side of `depthwise.wgsl`, and what `depthwise_3x3.wgsl` shares with it.

use super::matrix_conv::{self, Operands};
use super::packing::Packed;
use super::{Call, Field, Kernel, Resource, Value, View};
use crate::graph::Conv2d;

/// Windows of a row that one invocation makes.
const STRIP: usize = 4;

/// Their constants.
pub(super) const CONSTANTS: &[(&str, usize)] = &[("STRIP", STRIP)];

/// Their uniform block.
pub(super) const UNIFORM: &[(&str, Field)] = &[
    ("input", Field::View),
    ("residual", Field::View),
    ("output", Field::View),
    ("window", Field::Window),
    ("bounds", Field::Bounds),
    ("has_residual", Field::Word),
    ("strips", Field::Word),
    ("weights_offset", Field::Word),
    ("items", Field::Word),
];

/// A convolution that filters each channel by itself.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise",
    body: include_str!("../../shaders/depthwise.wgsl"),
    op: "conv2d",
    uniform: UNIFORM,
    bindings: matrix_conv::BINDINGS,
    constants: CONSTANTS,
    workgroup_size: 64,
    subgroups: false,
};

/// The rule that `op` breaks; none where the kernel can do it.
pub fn refusal(op: &Conv2d) -> Option<String> {
    (!op.is_depthwise()).then(|| {
        format!(
            "needs a group for each channel, found {} of {} input and {} output channels",
            op.groups, op.in_channels, op.out_channels
        )
    })
}

/// How the kernels want the weight and bias of `op`.
pub fn packed(op: &Conv2d) -> Packed {
    Packed::Depthwise {
        weight: op.weight,
        bias: op.bias,
    }
}

/// The call that computes `op`.
pub fn call(op: &Conv2d, operands: &Operands<'_>) -> Call {
    call_with(&KERNEL, op, operands, operands.output.shape.width)
}

/// The call of `kernel` that computes `op` and makes so many `windows` of each row.
pub(super) fn call_with(
    kernel: &'static Kernel,
    op: &Conv2d,
    operands: &Operands<'_>,
    windows: usize,
) -> Call {
    let Operands {
        input,
        weights,
        residual,
        output,
        batch,
    } = *operands;
    let strips = windows.div_ceil(STRIP);
    let items = batch * output.shape.height * strips * output.groups();
    kernel.call(
        &[
            Value::View(input, batch),
            Value::View(residual.unwrap_or(input), batch),
            Value::View(output, batch),
            Value::Window(&op.window),
            Value::Bounds(op.activation),
            Value::Word(usize::from(residual.is_some())),
            Value::Word(strips),
            Value::Word(weights.offset),
            Value::Word(items),
        ],
        vec![
            input.resource(),
            Resource::Weights(weights.arena),
            residual.map_or(Resource::Nothing, View::resource),
            output.resource(),
        ],
        items,
    )
}
