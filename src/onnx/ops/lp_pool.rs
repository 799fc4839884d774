//! Pooling by the norm of each window.

use super::Operation;
use super::pool::pooling;
use super::window::Maps;
use crate::graph::{AveragePool, Combination, Function, Op, Pointwise, Rounding};
use crate::onnx::build::{Builder, Node, Value};

pub const OPERATIONS: &[Operation] = &[Operation::of_images(
    "LpPool",
    &[1, 2, 11, 18, 22],
    &[
        "auto_pad",
        "ceil_mode",
        "dilations",
        "kernel_shape",
        "p",
        "pads",
        "strides",
    ],
    lp_pool,
)];

/// The sum of a window is its mean times the number of its values, if the padding counts.
fn lp_pool(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let power = node.int("p", 2)? as f64;
    let maps = Maps::of_channels(builder, node.input(0)?)?;
    let window = pooling(node, &maps)?;
    if window.rounding == Rounding::Ceil {
        return Err("ceil_mode is not supported".to_owned());
    }
    let [x, number] = [Pointwise::identity(), Pointwise::constant(power)];
    let powers = match power {
        1.0 => x.unary(Function::Abs),
        2.0 => x.times(&x),
        _ => x.unary(Function::Abs).binary(Combination::Power, &number),
    };
    let powers = builder.op(Op::Pointwise(powers), &[maps.id])?;
    let pool = AveragePool {
        window,
        count_padding: true,
    };
    let mean = builder.op(Op::AveragePool(pool), &[powers])?;
    let taps = (window.kernel[0] * window.kernel[1]) as f64;
    let sum = x.times(&Pointwise::constant(taps));
    let root = match power {
        1.0 => sum,
        2.0 => sum.unary(Function::Sqrt),
        _ => sum.binary(Combination::Power, &Pointwise::constant(1.0 / power)),
    };
    let id = builder.op(Op::Pointwise(root), &[mean])?;
    maps.result(builder, id)
}
