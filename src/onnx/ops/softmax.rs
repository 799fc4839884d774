//! Softmax.

use super::Operation;
use super::rows::with_channels;
use crate::graph::{Op, Softmax};
use crate::onnx::import::{Builder, Node, Value};

pub const OPERATIONS: &[Operation] =
    &[Operation::of_images("Softmax", &[1, 11, 13], &["axis"], softmax)];

/// The first operator set in which softmax is along one axis. Before, it was over all axes from one on.
const ALONG_ONE_AXIS: i64 = 13;

fn softmax(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let input = node.input(0)?;
    let rank = input.rank();
    if node.opset >= ALONG_ONE_AXIS {
        let axis = node.axis("axis", -1, rank)?;
        let value = builder.along(input, &[axis])?;
        let (image, order) = with_channels(builder, value.id, value.axis(axis))?;
        let result = builder.op(Op::Softmax(Softmax), &[image])?;
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
    let result = builder.op(Op::Softmax(Softmax), &[image])?;
    let id = order.restored(builder, result)?;
    let id = builder.view(id, &extents)?;
    builder.like(id, &value)
}
