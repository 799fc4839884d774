//! Host side of `batch_norm.wgsl`.

use super::packing::Packed;
use super::{Call, Field, Kernel, Operand, Value, pixels, read, write};
use crate::graph::BatchNorm;
use crate::plan::View;

/// Normalisation with running statistics.
pub static KERNEL: Kernel = Kernel {
    name: "batch_norm",
    body: include_str!("../../shaders/batch_norm.wgsl"),
    op: "batch_norm",
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

/// Normalises `input`.
pub fn call(op: &BatchNorm, input: &View, output: &View, batch: usize) -> Call {
    let weights = Packed::BatchNorm(op.parameters);
    let items = pixels(output, batch) * output.groups();
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
