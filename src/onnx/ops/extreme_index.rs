//! The index of the largest or smallest value along an axis.

use super::Operation;
use super::reduce::{Reduced, Target};
use super::select::taken;
use crate::graph::{Op, Pointwise, Reduction};
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::data_type::DataType;

const ATTRIBUTES: &[&str] = &["axis", "keepdims", "select_last_index"];

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images("ArgMax", &[1, 11, 12, 13], ATTRIBUTES, |builder, node| {
        index(builder, node, Reduction::ArgMax)
    }),
    Operation::of_images("ArgMin", &[1, 11, 12, 13], ATTRIBUTES, |builder, node| {
        index(builder, node, Reduction::ArgMin)
    }),
];

/// Our graph finds the first index. The last one is the first of the values in reverse.
fn index(
    builder: &mut Builder<'_>,
    node: &Node,
    reduction: Reduction,
) -> Result<Vec<Value>, String> {
    let input = node.input(0)?;
    let axis = node.axis("axis", 0, input.rank())?;
    let reduced = Reduced::of_axes(vec![axis], input.dims(), node.flag("keepdims", true)?);
    let target = Target::of(builder, input, reduced)?;
    let is_last = node.flag("select_last_index", false)?;
    let extent = input.dims()[axis];
    let values = match is_last {
        true => {
            let places: Vec<usize> = (0..extent).rev().collect();
            taken(builder, target.value.id, target.axes[0], &places)?
        }
        false => target.value.id,
    };
    let mut id = target.reduce(builder, values, reduction)?;
    if is_last {
        let last = Pointwise::constant(extent.saturating_sub(1) as f64);
        id = builder.op(Op::Pointwise(last.minus(&Pointwise::identity())), &[id])?;
    }
    let results = target.result(builder, id)?.into_iter();
    Ok(results
        .map(|result| result.with_type(DataType::I64))
        .collect())
}
