//! Comparisons, logic and selection. Our graph computes truth values as 0 and 1.

use std::rc::Rc;

use super::Operation;
use super::elementwise::Operands;
use crate::graph::{Combination, Pointwise};
use crate::onnx::array::Array;
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::data_type::DataType;
use crate::onnx::fold::{self, broadcast_dims, compared, input};

pub const OPERATIONS: &[Operation] = &[
    Operation::lazy(
        "Equal",
        &[1, 7, 11, 13, 19],
        &[],
        |builder, node| truth(builder, node, |a, b| a.binary(Combination::Equal, b)),
        |_, inputs| comparison(inputs, |a, b| a == b, |a, b| a == b),
    ),
    Operation::lazy(
        "Greater",
        &[1, 7, 9, 13],
        &[],
        |builder, node| truth(builder, node, |a, b| less(b, a)),
        |_, inputs| comparison(inputs, |a, b| a > b, |a, b| a > b),
    ),
    Operation::lazy(
        "GreaterOrEqual",
        &[12, 16],
        &[],
        |builder, node| truth(builder, node, |a, b| not(&less(a, b))),
        |_, inputs| comparison(inputs, |a, b| a >= b, |a, b| a >= b),
    ),
    Operation::lazy(
        "Less",
        &[1, 7, 9, 13],
        &[],
        |builder, node| truth(builder, node, less),
        |_, inputs| comparison(inputs, |a, b| a < b, |a, b| a < b),
    ),
    Operation::lazy(
        "LessOrEqual",
        &[12, 16],
        &[],
        |builder, node| truth(builder, node, |a, b| not(&less(b, a))),
        |_, inputs| comparison(inputs, |a, b| a <= b, |a, b| a <= b),
    ),
    Operation::lazy(
        "And",
        &[1, 7],
        &[],
        |builder, node| truth(builder, node, Pointwise::times),
        |_, inputs| comparison(inputs, |_, _| false, |a, b| a & b != 0),
    ),
    Operation::lazy(
        "Or",
        &[1, 7],
        &[],
        |builder, node| truth(builder, node, |a, b| a.binary(Combination::Max, b)),
        |_, inputs| comparison(inputs, |_, _| false, |a, b| a | b != 0),
    ),
    Operation::lazy(
        "Xor",
        &[1, 7],
        &[],
        |builder, node| truth(builder, node, |a, b| not(&a.binary(Combination::Equal, b))),
        |_, inputs| comparison(inputs, |_, _| false, |a, b| a ^ b != 0),
    ),
    Operation::lazy("Where", &[9, 16], &[], select, fold_select),
];

fn less(a: &Pointwise, b: &Pointwise) -> Pointwise {
    a.binary(Combination::Less, b)
}

fn not(a: &Pointwise) -> Pointwise {
    Pointwise::constant(1.0).minus(a)
}

fn truth(
    builder: &mut Builder<'_>,
    node: &Node,
    expression: impl Fn(&Pointwise, &Pointwise) -> Pointwise,
) -> Result<Vec<Value>, String> {
    let operands = Operands::new(builder, &[node.input(0)?, node.input(1)?])?;
    let expression = expression(&operands.terms[0], &operands.terms[1]);
    let results = operands.apply(builder, expression)?.into_iter();
    Ok(results
        .map(|result| result.with_type(DataType::Bool))
        .collect())
}

fn select(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let operands = Operands::new(builder, &node.all_inputs()?)?;
    let [condition, yes, no] = &operands.terms[..] else {
        return Err("expected a condition and two values".to_owned());
    };
    let expression = condition.select(yes, no);
    let ty = node.input(1)?.ty();
    let results = operands.apply(builder, expression)?.into_iter();
    Ok(results.map(|result| result.with_type(ty)).collect())
}

type Inputs = [Option<Rc<Array>>];

fn comparison(
    inputs: &Inputs,
    float: impl Fn(f64, f64) -> bool,
    int: impl Fn(i64, i64) -> bool,
) -> Result<Vec<Array>, String> {
    Ok(vec![compared(
        input(inputs, 0)?,
        input(inputs, 1)?,
        float,
        int,
    )?])
}

fn fold_select(_: &Node, inputs: &Inputs) -> Result<Vec<Array>, String> {
    let all = [input(inputs, 0)?, input(inputs, 1)?, input(inputs, 2)?];
    let dims = broadcast_dims(all.iter().map(|array| &*array.dims))?;
    let mut parts = Vec::with_capacity(all.len());
    for array in all {
        parts.push(fold::broadcast(array, &dims)?);
    }
    let condition = parts[0].as_ints().ok_or("expected a condition")?;
    let (yes, no) = (&parts[1], &parts[2]);
    if yes.values.is_float() != no.values.is_float() {
        return Err(format!(
            "expected values of one type, found {} and {}",
            yes.ty, no.ty
        ));
    }
    let mut both = yes.values.clone();
    both.extend(&no.values, 0..no.count());
    let offset = yes.count();
    let chosen = condition
        .iter()
        .enumerate()
        .map(|(index, &is_true)| match is_true {
            0 => index + offset,
            _ => index,
        });
    let values = both.picked(chosen);
    Ok(vec![Array {
        ty: yes.ty,
        dims,
        values,
    }])
}
