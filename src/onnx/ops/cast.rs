//! Changes of the element type.

use std::rc::Rc;

use super::Operation;
use crate::graph::{Combination, Function, Op, Pointwise};
use crate::onnx::array::{Array, Numbers};
use crate::onnx::build::{Builder, Computed, Node, Value};
use crate::onnx::data_type::DataType;
use crate::onnx::fold::input;

pub const OPERATIONS: &[Operation] = &[
    Operation::lazy(
        "Cast",
        &[1, 6, 9, 13, 19, 21, 23, 24, 25, 28],
        &["round_mode", "saturate", "to"],
        cast,
        |node, inputs| fold(inputs, target(node)?),
    ),
    Operation::lazy(
        "CastLike",
        &[15, 19, 21, 23, 24, 25],
        &["round_mode", "saturate"],
        cast_like,
        |_, inputs| fold(inputs, input(inputs, 1)?.ty),
    ),
];

fn target(node: &Node) -> Result<DataType, String> {
    let code = node.int("to", 0)?;
    let code =
        i32::try_from(code).map_err(|_| format!("expected an element type, found {code}"))?;
    DataType::of_code(code).map_err(|name| format!("a cast to {name} is not supported"))
}

fn cast(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    computed(builder, node, target(node)?)
}

fn cast_like(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    computed(builder, node, node.input(1)?.ty())
}

/// Our graph computes in f32, which has all values that fewer bits have.
fn computed(builder: &mut Builder<'_>, node: &Node, ty: DataType) -> Result<Vec<Value>, String> {
    let value = builder.tensor(node.input(0)?)?;
    let is_wider = match (value.ty.limits(), ty.limits()) {
        (Some((low, high)), Some((least, most))) => least <= low && most >= high,
        (_, limits) => limits.is_none(),
    };
    if is_wider {
        return Ok(vec![Value::Computed(Computed { ty, ..value })]);
    }
    let x = Pointwise::identity();
    let expression = match (value.ty.is_float(), ty) {
        (_, DataType::Bool) => {
            let is_zero = x.binary(Combination::Equal, &Pointwise::constant(0.0));
            Pointwise::constant(1.0).minus(&is_zero)
        }
        // Rounded towards 0.
        (true, DataType::I32 | DataType::I64) => {
            let size = x.unary(Function::Abs).unary(Function::Floor);
            size.times(&x.unary(Function::Sign))
        }
        _ => return Err(format!("a cast from {} to {ty} is not supported", value.ty)),
    };
    let id = builder.op(Op::Pointwise(expression), &[value.id])?;
    Ok(vec![Value::Computed(Computed { id, ty, ..value })])
}

fn fold(inputs: &[Option<Rc<Array>>], ty: DataType) -> Result<Vec<Array>, String> {
    let array = input(inputs, 0)?;
    let dims = array.dims.clone();
    Ok(vec![match ty.limits() {
        None => Array::floats(ty, dims, array.to_floats()),
        Some(limits) => {
            let values = match &array.values {
                Numbers::Float(values) => values.iter().map(|&value| integer(value, ty)).collect(),
                Numbers::Int(values) => values
                    .iter()
                    .map(|&value| wrapped(value, ty, limits))
                    .collect(),
            };
            Array::ints(ty, dims, values)
        }
    }])
}

fn integer(value: f64, ty: DataType) -> i64 {
    match ty {
        DataType::Bool => i64::from(value != 0.0),
        _ => value as i64,
    }
}

/// Keeps the lower bits of an integer that does not fit.
fn wrapped(value: i64, ty: DataType, (low, high): (i64, i64)) -> i64 {
    if ty == DataType::Bool {
        return i64::from(value != 0);
    }
    match high.checked_sub(low).and_then(|span| span.checked_add(1)) {
        Some(span) => (value.wrapping_sub(low)).rem_euclid(span) + low,
        None => value,
    }
}
