//! Split.

use std::rc::Rc;

use super::Operation;
use super::join::{inverse, to_front};
use super::slice::cut;
use crate::graph::{Op, Split};
use crate::onnx::array::Array;
use crate::onnx::build::{Builder, Node, Value, axis};
use crate::onnx::fold::{input, ints};

pub const OPERATIONS: &[Operation] = &[Operation {
    fold: Some(fold),
    ..Operation::of_images(
        "Split",
        &[1, 2, 11, 13, 18],
        &["axis", "num_outputs", "split"],
        split,
    )
}];

fn split(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let input = node.input(0)?;
    let axis = node.axis("axis", 0, input.rank())?;
    let given = builder.ints(node, 1)?;
    let sizes = sizes(node, given.as_deref(), input.dims()[axis])?;
    let value = builder.along(input, &[axis])?;
    let order = to_front(value.axis(axis), value.extents().len());
    let id = builder.permuted(value.id, &order)?;
    let ids = builder.ops(Op::Split(Split { channels: sizes }), vec![Some(id)])?;
    let mut results = Vec::with_capacity(ids.len());
    for id in ids {
        let id = builder.permuted(id, &inverse(&order))?;
        results.extend(builder.like(id, &value)?);
    }
    Ok(results)
}

/// Returns the extents of the parts of an axis of `extent`: those that are given, or equal ones.
fn sizes(node: &Node, given: Option<&[i64]>, extent: usize) -> Result<Vec<usize>, String> {
    let stated = match given {
        Some(sizes) => Some(sizes.to_vec()),
        None => node.ints("split")?,
    };
    let count = node.optional_int("num_outputs")?;
    if let Some(sizes) = stated {
        let parts: Option<Vec<usize>> = sizes
            .iter()
            .map(|&size| usize::try_from(size).ok())
            .collect();
        let sum = |parts: &[usize]| {
            let mut parts = parts.iter();
            parts.try_fold(0_usize, |sum, &part| sum.checked_add(part))
        };
        let parts = parts.filter(|parts| sum(parts) == Some(extent));
        return parts.ok_or_else(|| format!("expected parts that make {extent}, found {sizes:?}"));
    }
    let count = match count {
        Some(count) => usize::try_from(count).unwrap_or(0),
        None => node.outputs,
    };
    if count == 0 || count > extent || count != node.outputs {
        return Err(format!("{extent} cannot be split into {count} parts"));
    }
    // The last part is smaller if they cannot be equal.
    let size = extent.div_ceil(count);
    let parts = (0..count).map(|part| size.min(extent.saturating_sub(part * size)));
    Ok(parts.collect())
}

fn fold(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    let array = input(inputs, 0)?;
    let axis = axis(node.int("axis", 0)?, array.dims.len())?;
    let mut begin = 0;
    let mut parts = Vec::new();
    for size in sizes(node, ints(inputs, 1)?, array.dims[axis])? {
        parts.push(cut(array, axis, begin, size));
        begin += size;
    }
    Ok(parts)
}
