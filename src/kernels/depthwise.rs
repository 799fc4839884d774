//! Host side of `depthwise.wgsl`.

use super::matrix_conv::Operands;
use super::packing::Packed;
use super::{Call, Field, Kernel, Value, parameters, read, write};
use crate::graph::Conv2d;
use crate::plan::{Resource, View};

/// Pixels of a row that one invocation makes.
const STRIP: usize = 4;

/// A convolution that filters each channel by itself.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise",
    body: include_str!("../../shaders/depthwise.wgsl"),
    op: "conv2d",
    uniform: &[
        ("input", Field::View),
        ("residual", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("bounds", Field::Bounds),
        ("has_residual", Field::Word),
        ("strips", Field::Word),
        ("weights_offset", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[
        read("input"),
        parameters("weights"),
        read("residual"),
        write("output"),
    ],
    constants: &[("STRIP", STRIP)],
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

/// How the kernel wants the weight and bias of `op`.
pub fn packed(op: &Conv2d) -> Packed {
    Packed::Depthwise {
        weight: op.weight,
        bias: op.bias,
    }
}

/// The call that computes `op`.
pub fn call(op: &Conv2d, operands: &Operands<'_>) -> Call {
    let Operands {
        input,
        weights,
        residual,
        output,
        batch,
    } = *operands;
    let strips = output.shape.width.div_ceil(STRIP);
    let items = batch * output.shape.height * strips * output.groups();
    KERNEL.call(
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
