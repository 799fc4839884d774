//! Host side of `depthwise_3x3.wgsl`.

use super::matrix_conv::{self, Operands};
use super::{Call, Field, Kernel, Value, depthwise};
use crate::graph::Conv2d;
use crate::plan::{Resource, View};

/// Windows of a row that one invocation makes.
const STRIP: usize = 4;

/// A convolution that filters each channel by itself, with a window of 3x3.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise_3x3",
    body: include_str!("../../shaders/depthwise_3x3.wgsl"),
    op: "conv2d",
    uniform: &[
        ("input", Field::View),
        ("residual", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("bounds", Field::Bounds),
        ("has_residual", Field::Word),
        ("strips", Field::Word),
        ("step", Field::Word),
        ("weights_offset", Field::Word),
        ("items", Field::Word),
    ],
    bindings: matrix_conv::BINDINGS,
    constants: &[("STRIP", STRIP)],
    workgroup_size: 64,
    subgroups: false,
};

/// The rule that `op` breaks; none where the kernel can do it.
pub fn refusal(op: &Conv2d) -> Option<String> {
    let ([height, width], stride) = (op.window.kernel, op.window.stride[1]);
    let dilation = op.window.dilation[1];
    depthwise::refusal(op).or_else(|| {
        let fits = [height, width] == [3, 3] && stride.is_multiple_of(dilation);
        (!fits).then(|| {
            format!(
                "needs a window of 3x3 and a stride that is a multiple of the dilation, \
                 found {height}x{width}, {stride} and {dilation} along a row"
            )
        })
    })
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
    let step = op.window.stride[1] / op.window.dilation[1];
    let windows = (output.shape.width - 1) * step + 1;
    let strips = windows.div_ceil(STRIP);
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
            Value::Word(step),
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
