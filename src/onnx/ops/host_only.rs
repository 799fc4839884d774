//! Functions of constants, as of positions. Our graph does not have them.

use std::rc::Rc;

use super::Operation;
use crate::onnx::array::Array;
use crate::onnx::build::Node;
use crate::onnx::data_type::DataType;
use crate::onnx::fold::{input, unary};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_constants("Sin", &[7, 22], |_, inputs| {
        Ok(vec![unary(input(inputs, 0)?, f64::sin, |int| int)])
    }),
    Operation::of_constants("Cos", &[7, 22], |_, inputs| {
        Ok(vec![unary(input(inputs, 0)?, f64::cos, |int| int)])
    }),
    Operation::of_constants("IsNaN", &[9, 13, 20], |_, inputs| {
        truths(inputs, f64::is_nan)
    }),
    Operation::of_constants("IsInf", &[10, 20], is_infinite)
        .with_attributes(&["detect_negative", "detect_positive"]),
];

fn is_infinite(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    let negative = node.flag("detect_negative", true)?;
    let positive = node.flag("detect_positive", true)?;
    truths(inputs, |value| {
        value == f64::INFINITY && positive || value == f64::NEG_INFINITY && negative
    })
}

fn truths(
    inputs: &[Option<Rc<Array>>],
    is_true: impl Fn(f64) -> bool,
) -> Result<Vec<Array>, String> {
    let array = input(inputs, 0)?;
    let values = array.to_floats();
    let values = values.into_iter().map(|value| is_true(value).into());
    Ok(vec![Array::ints(
        DataType::Bool,
        array.dims.clone(),
        values.collect(),
    )])
}
