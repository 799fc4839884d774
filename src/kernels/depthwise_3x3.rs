//! Host side of `depthwise_3x3.wgsl`.

use super::matrix_conv::{self, Operands};
use super::{Call, Kernel, depthwise};
use crate::graph::Conv2d;

/// A convolution that filters each channel by itself, with a window of 3x3.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise_3x3",
    body: include_str!("../../shaders/depthwise_3x3.wgsl"),
    op: "conv2d",
    uniform: depthwise::UNIFORM,
    bindings: matrix_conv::BINDINGS,
    constants: depthwise::CONSTANTS,
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
    let step = op.window.stride[1] / op.window.dilation[1];
    let windows = (operands.output.shape.width - 1) * step + 1;
    depthwise::call_with(&KERNEL, op, operands, windows)
}
