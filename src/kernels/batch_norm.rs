//! Host side of `batch_norm.wgsl`.

use super::packing::{Packed, PlacedWeights};
use super::{Call, Field, Kernel, Resource, Value, View, parameters, pixels, read, write};
use crate::graph::BatchNorm;

/// Normalisation with running statistics.
pub static KERNEL: Kernel = Kernel {
    name: "batch_norm",
    body: include_str!("../../shaders/batch_norm.wgsl"),
    op: "batch_norm",
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

/// How the kernel wants the parameters of `op`.
pub fn packed(op: &BatchNorm) -> Packed {
    Packed::BatchNorm(op.parameters)
}

/// Normalises `input`.
pub fn call(
    op: &BatchNorm,
    input: &View,
    weights: &PlacedWeights,
    output: &View,
    batch: usize,
) -> Call {
    let items = pixels(output, batch) * output.groups();
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
