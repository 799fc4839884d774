//! Host side of `linear.wgsl`.

use super::packing::Packed;
use super::{Call, Field, Kernel, Operand, Value, read, write};
use crate::graph::Linear;
use crate::plan::View;

/// A matrix times a vector.
pub static KERNEL: Kernel = Kernel {
    name: "linear",
    body: include_str!("../../shaders/linear.wgsl"),
    op: "linear",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("bounds", Field::Bounds),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), read("weights"), write("output")],
    workgroup_size: 64,
    subgroups: false,
};

/// Multiplies `input` by the weight and adds the bias.
pub fn call(op: &Linear, input: &View, output: &View, batch: usize) -> Call {
    let weights = Packed::Conv {
        weight: op.weight,
        bias: op.bias,
        groups: 1,
        dense: false,
    };
    let items = batch * output.groups();
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Bounds(op.activation),
            Value::Word(items),
        ],
        vec![
            Operand::Slot(input.slot),
            Operand::Weights(weights),
            Operand::Slot(output.slot),
        ],
        items,
    )
}
