//! Concatenation.

use std::rc::Rc;

use super::Operation;
use crate::graph::{Concat, Op, ValueId};
use crate::onnx::array::{Array, strides};
use crate::onnx::build::{Builder, Node, Value, axis};
use crate::onnx::fold::input;

pub const OPERATIONS: &[Operation] = &[Operation {
    fold: Some(fold),
    ..Operation::of_images("Concat", &[1, 4, 11, 13], &["axis"], concat)
}];

fn concat(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let values = node.all_inputs()?;
    let Some(first) = values.first() else {
        return Err("expected inputs, found none".to_owned());
    };
    let axis = node.axis("axis", 1, first.rank())?;
    let Some(like) = values
        .iter()
        .find(|value| matches!(value, Value::Computed(_)))
    else {
        return Err("large constants are not joined".to_owned());
    };
    let like = builder.along(like, &[axis])?;
    let (own, rank) = (like.axis(axis), like.extents().len());
    let to_front = to_front(own, rank);
    let mut ids = Vec::with_capacity(values.len());
    for value in &values {
        let id = match value {
            Value::Constant(_) => {
                let images = usize::from(like.has_images);
                if images == 1 && value.dims().first() != Some(&1) {
                    return Err("a constant has different values for the images of a batch".into());
                }
                repeated(builder, value, &value.dims()[images..])?
            }
            _ => builder.along(value, &[axis])?.id,
        };
        ids.push(builder.permuted(id, &to_front)?);
    }
    let id = builder.op(Op::Concat(Concat), &ids)?;
    let id = builder.permuted(id, &inverse(&to_front))?;
    builder.like(id, &like)
}

/// Returns a constant as a value of each image, with these extents.
pub fn repeated(
    builder: &mut Builder<'_>,
    value: &Value,
    extents: &[usize],
) -> Result<ValueId, String> {
    let constant = builder.tensor(value)?.id;
    let constant = builder.view(constant, extents)?;
    builder.of_each_image(constant)
}

/// Returns the order of `rank` axes in which `axis` is the first.
pub fn to_front(axis: usize, rank: usize) -> Vec<usize> {
    let others = (0..rank).filter(|&other| other != axis);
    std::iter::once(axis).chain(others).collect()
}

/// Returns the order of axes that undoes `axes`.
pub fn inverse(axes: &[usize]) -> Vec<usize> {
    let mut back = vec![0; axes.len()];
    for (place, &axis) in axes.iter().enumerate() {
        back[axis] = place;
    }
    back
}

fn fold(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    let first = input(inputs, 0)?;
    let at = axis(node.int("axis", 1)?, first.dims.len())?;
    let mut dims = first.dims.clone();
    dims[at] = 0;
    let mut parts = Vec::with_capacity(inputs.len());
    for index in 0..inputs.len() {
        let part = input(inputs, index)?;
        let fits = part.dims.len() == dims.len()
            && (0..dims.len()).all(|axis| axis == at || part.dims[axis] == dims[axis]);
        if !fits || part.values.is_float() != first.values.is_float() {
            return Err(format!(
                "{:?} and {:?} do not fit together",
                first.dims, part.dims
            ));
        }
        dims[at] += part.dims[at];
        parts.push(part);
    }
    let rows: usize = dims[..at].iter().product();
    let mut values = first.values.empty();
    for row in 0..rows {
        for part in &parts {
            let length = strides(&part.dims)[at] * part.dims[at];
            values.extend(&part.values, row * length..(row + 1) * length);
        }
    }
    let ty = first.ty;
    Ok(vec![Array { ty, dims, values }])
}
