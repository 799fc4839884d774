//! Host side of `linear.wgsl`.

use super::packing::Packed;
use super::{Call, Field, Kernel, Value, read, write};
use crate::graph::Linear;
use crate::plan::{PlacedWeights, Resource, View};

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
    bindings: &[read("input"), read("weights"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

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
            Resource::Slot(input.slot),
            Resource::Weights(weights.arena),
            Resource::Slot(output.slot),
        ],
        items,
    )
}
