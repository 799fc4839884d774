//! Extents as numbers.

use super::Operation;
use crate::onnx::array::Array;
use crate::onnx::build::{Node, Value};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images(
        "Shape",
        &[1, 13, 15, 19, 21, 23, 24, 25],
        &["end", "start"],
        |_, node| shape(node),
    ),
    Operation::of_images("Size", &[1, 13, 19, 21, 23, 24, 25], &[], |_, node| {
        let count: usize = node.input(0)?.dims().iter().product();
        let size = Array::list(vec![count as i64]).with_dims(Vec::new());
        Ok(vec![Value::known(size)])
    }),
];

fn shape(node: &Node) -> Result<Vec<Value>, String> {
    let dims = node.input(0)?.dims();
    let rank = dims.len() as i64;
    let bound = |axis: i64| {
        let counted = if axis < 0 {
            axis.saturating_add(rank)
        } else {
            axis
        };
        counted.clamp(0, rank) as usize
    };
    let begin = bound(node.int("start", 0)?);
    let end = bound(node.int("end", rank)?).max(begin);
    let extents = dims[begin..end].iter().map(|&extent| extent as i64);
    Ok(vec![Value::known(Array::list(extents.collect()))])
}
