//! Concatenation.

use std::rc::Rc;

use super::Operation;
use crate::graph::{Concat, Op};
use crate::onnx::array::{Array, strides};
use crate::onnx::fold::input;
use crate::onnx::import::{Builder, Node, Value, axis};

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
    let mut ids = Vec::with_capacity(values.len());
    let mut like = None;
    for value in &values {
        if matches!(value, Value::Constant(_)) {
            return Err("a constant beside values of the image is not supported".to_owned());
        }
        let value = builder.along(value, &[axis])?;
        ids.push(value.id);
        like.get_or_insert(value);
    }
    let like = like.ok_or("expected inputs, found none")?;
    let op = match like.axis(axis) {
        0 if matches!(like.extents().len(), 1 | 3) => Op::Concat(Concat),
        other => return Err(format!("axis {other} of {:?} is not supported", like.dims)),
    };
    let id = builder.op(op, &ids)?;
    builder.like(id, &like)
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
            return Err(format!("{:?} and {:?} do not fit together", first.dims, part.dims));
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
