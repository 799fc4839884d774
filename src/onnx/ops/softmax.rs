//! Softmax.

use super::Operation;
use super::rows::with_channels;
use crate::graph::{Function, Op, Pointwise, Reduce, Reduction, Softmax, ValueId};
use crate::onnx::build::{Builder, Node, Value};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images("Softmax", &[1, 11, 13], &["axis"], softmax),
    Operation::of_images("LogSoftmax", &[1, 11, 13], &["axis"], log_softmax),
];

/// The first operator set in which softmax is along one axis. Before, it was over all axes from one on.
const ALONG_ONE_AXIS: i64 = 13;

fn softmax(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    channels(builder, node, |builder, image| {
        builder.op(Op::Softmax(Softmax), &[image])
    })
}

/// `(x - max) - log(sum(exp(x - max)))`
fn log_softmax(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    channels(builder, node, |builder, image| {
        let reduced = |builder: &mut Builder<'_>, reduction, id| {
            let axes = vec![0];
            builder.op(Op::Reduce(Reduce { reduction, axes }), &[id])
        };
        let (x, y) = (Pointwise::operand(0), Pointwise::operand(1));
        let most = reduced(builder, Reduction::Max, image)?;
        let shifted = builder.op(Op::Pointwise(x.minus(&y)), &[image, most])?;
        let powers = builder.op(Op::Pointwise(x.unary(Function::Exp)), &[shifted])?;
        let sum = reduced(builder, Reduction::Sum, powers)?;
        let result = x.minus(&y.unary(Function::Log));
        builder.op(Op::Pointwise(result), &[shifted, sum])
    })
}

/// Applies an operation on the channels of an image along the axis of `node`.
fn channels(
    builder: &mut Builder<'_>,
    node: &Node,
    apply: impl Fn(&mut Builder<'_>, ValueId) -> Result<ValueId, String>,
) -> Result<Vec<Value>, String> {
    let input = node.input(0)?;
    let rank = input.rank();
    if node.opset >= ALONG_ONE_AXIS {
        let axis = node.axis("axis", -1, rank)?;
        let value = builder.along(input, &[axis])?;
        let (image, order) = with_channels(builder, value.id, value.axis(axis))?;
        let result = apply(builder, image)?;
        let id = order.restored(builder, result)?;
        return builder.like(id, &value);
    }
    let axis = node.axis("axis", 1, rank)?;
    let value = builder.along(input, &[axis])?;
    let extents = value.extents().to_vec();
    let at = value.axis(axis);
    let rows: usize = extents[..at].iter().product();
    let columns: usize = extents[at..].iter().product();
    let id = builder.view(value.id, &[rows, columns])?;
    let (image, order) = with_channels(builder, id, 1)?;
    let result = apply(builder, image)?;
    let id = order.restored(builder, result)?;
    let id = builder.view(id, &extents)?;
    builder.like(id, &value)
}
