//! Host side of `linear.wgsl`.

use super::packing::{Packed, PlacedWeights};
use super::{Call, Field, Kernel, Resource, Value, View, parameters, read, write};
use crate::graph::{Conv2d, Linear, Shape};

/// A matrix times a vector.
pub static KERNEL: Kernel = Kernel {
    name: "linear",
    body: include_str!("../../shaders/linear.wgsl"),
    op: "linear",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("bounds", Field::Bounds),
        ("weights_offset", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), parameters("weights"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// The rule that `op`, a convolution of `input` with or without a residual, breaks; none where it is a
/// matrix times a vector, which the kernel can do.
pub fn refusal(op: &Conv2d, input: Shape, residual: bool) -> Option<String> {
    if !input.is_vector() || !op.window.is_pointwise() {
        Some(format!(
            "needs a 1x1 window on one pixel, found {} on {input}",
            op.window
        ))
    } else if op.groups > 1 {
        Some(format!("needs 1 group, found {}", op.groups))
    } else {
        residual.then(|| "adds no residual".to_owned())
    }
}

/// How the kernel wants the weight and bias of `op`.
pub fn packed(op: &Linear) -> Packed {
    Packed::Linear {
        weight: op.weight,
        bias: op.bias,
        outputs: 0..op.out_features,
    }
}

/// Multiplies `input` by the weight and adds the bias.
pub fn call(
    op: &Linear,
    input: &View,
    weights: &PlacedWeights,
    output: &View,
    batch: usize,
) -> Call {
    let items = batch * output.groups();
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Bounds(op.activation),
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
