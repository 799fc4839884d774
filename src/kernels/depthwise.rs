//! Host side of `depthwise.wgsl`.

use super::packing::Packed;
use super::{Call, Field, Kernel, Operand, Value, read, write};
use crate::graph::Conv2d;
use crate::plan::View;

/// Pixels of a row that one invocation makes; `STRIP` in the shader.
const STRIP: usize = 4;

/// A convolution that filters each channel by itself.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise",
    body: include_str!("../../shaders/depthwise.wgsl"),
    op: "conv2d",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("bounds", Field::Bounds),
        ("strips", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), read("weights"), write("output")],
    workgroup_size: 64,
    subgroups: false,
};

/// Whether the kernel can do `op`, which must come without a residual.
pub fn supports(op: &Conv2d) -> bool {
    op.is_depthwise()
}

/// Filters each channel of `input`.
pub fn call(op: &Conv2d, input: &View, output: &View, batch: usize) -> Call {
    let strips = output.shape.width.div_ceil(STRIP);
    let weights = Packed::Depthwise {
        weight: op.weight,
        bias: op.bias,
    };
    let items = batch * output.shape.height * strips * output.groups();
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Window(&op.window),
            Value::Bounds(op.activation),
            Value::Word(strips),
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
