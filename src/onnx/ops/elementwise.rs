//! Arithmetic of two or more values, with broadcasting.

use std::rc::Rc;

use super::Operation;
use super::division;
use crate::graph::{Add, Combination, Function, Op, Pointwise, ValueId};
use crate::onnx::array::Array;
use crate::onnx::build::{Builder, Computed, Node, Value};
use crate::onnx::fold::{self, binary, broadcast_dims, input};

pub const OPERATIONS: &[Operation] = &[
    Operation::lazy("Add", &[1, 6, 7, 13, 14], &[], add, fold_add),
    Operation::lazy("Sub", &[1, 6, 7, 13, 14], &[], subtract, fold_subtract),
    Operation::lazy("Mul", &[1, 6, 7, 13, 14], &[], multiply, fold_multiply),
    Operation::lazy("Div", &[1, 6, 7, 13, 14], &[], divide, fold_divide),
    Operation::lazy("Max", &[1, 6, 8, 12, 13], &[], maximum, fold_maximum),
    Operation::lazy("Min", &[1, 6, 8, 12, 13], &[], minimum, fold_minimum),
    Operation::of_images("Mean", &[1, 6, 8, 13], &[], mean),
    Operation::lazy("Sum", &[1, 6, 8, 13], &[], sum, fold_sum),
    Operation::lazy("Pow", &[1, 7, 12, 13, 15], &[], power, fold_power),
    Operation::lazy("Mod", &[10, 13, 28], &["fmod"], modulo, fold_modulo),
];

/// Values of our graph that an expression combines, and the result's extents and images.
pub struct Operands {
    ids: Vec<ValueId>,
    /// The operand or the number that each input is in an expression.
    pub terms: Vec<Pointwise>,
    like: Computed,
}

impl Operands {
    /// Prepares `values` for broadcasting. Constants of one element become numbers of the expression.
    pub fn new(builder: &mut Builder<'_>, values: &[&Value]) -> Result<Self, String> {
        let dims = broadcast_dims(values.iter().map(|value| value.dims()))?;
        let computed = values
            .iter()
            .filter(|value| matches!(value, Value::Computed(_)));
        let has_images = computed.clone().all(|value| has_images(value, dims.len()))
            && computed.count() > 0
            && dims.first() == Some(&builder.images)
            && dims.len() >= 2;
        let (mut ids, mut terms): (Vec<ValueId>, _) = (Vec::new(), Vec::new());
        for value in values {
            if let Some(number) = builder.number(value)
                && (number as f32).is_finite()
            {
                terms.push(Pointwise::constant(number));
                continue;
            }
            let id = aligned(builder, value, dims.len(), has_images)?;
            let found = ids.iter().position(|&other| other == id);
            terms.push(Pointwise::operand(found.unwrap_or(ids.len())));
            if found.is_none() {
                ids.push(id);
            }
        }
        let first = values
            .iter()
            .find(|value| matches!(value, Value::Computed(_)));
        let ty = first.or(values.first()).map(|value| value.ty());
        let Some(&id) = ids.first() else {
            return Err("expected an operand with more than one element".to_owned());
        };
        let ty = ty.ok_or("expected an operand, found none")?;
        Ok(Self {
            ids,
            terms,
            like: Computed {
                id,
                ty,
                dims,
                has_images,
            },
        })
    }

    /// Adds `expression` of the inputs, and returns the result.
    pub fn apply(
        self,
        builder: &mut Builder<'_>,
        expression: Pointwise,
    ) -> Result<Vec<Value>, String> {
        let is_sum = expression == Pointwise::operand(0).plus(&Pointwise::operand(1));
        let of_one_type = || builder.graph_type(self.ids[0]) == builder.graph_type(self.ids[1]);
        let op = match is_sum && of_one_type() {
            true => Op::Add(Add::default()),
            false => Op::Pointwise(expression),
        };
        let id = builder.op(op, &self.ids)?;
        let Computed {
            ty,
            dims,
            has_images,
            ..
        } = self.like;
        Ok(vec![builder.result(id, ty, dims, has_images)?])
    }
}

/// Returns whether the first axis of the result, which has `rank` axes, is the images of `value`.
fn has_images(value: &Value, rank: usize) -> bool {
    match value {
        Value::Computed(computed) => {
            computed.has_images && computed.rank() == rank || computed.rank() < rank
        }
        _ => true,
    }
}

/// Returns `value` with as many axes as the result has.
fn aligned(
    builder: &mut Builder<'_>,
    value: &Value,
    rank: usize,
    has_images: bool,
) -> Result<ValueId, String> {
    let Value::Computed(computed) = value else {
        let is_batch = has_images && builder.images > 1 && value.rank() == rank;
        return match is_batch && value.dims()[0] != 1 {
            true => Err("a constant has different values for the images of a batch".to_owned()),
            false => Ok(builder.tensor(value)?.id),
        };
    };
    let computed = match has_images && computed.rank() == rank {
        true => computed.clone(),
        false => builder.whole(computed)?,
    };
    let mut extents = vec![1; rank - computed.rank()];
    extents.extend(computed.extents());
    // The result's axis of images is not one of each image.
    let skipped = usize::from(has_images && !computed.has_images);
    builder.view(computed.id, &extents[skipped.min(extents.len())..])
}

fn add(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    binary_of(builder, node, Combination::Add)
}

fn subtract(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    binary_of(builder, node, Combination::Subtract)
}

fn multiply(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    binary_of(builder, node, Combination::Multiply)
}

fn divide(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    match node.input(0)?.ty().is_float() {
        true => binary_of(builder, node, Combination::Divide),
        false => divided(builder, node, division::quotient),
    }
}

fn modulo(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    match node.flag("fmod", false)? {
        true => divided(builder, node, division::remainder_of_truncated),
        false => divided(builder, node, division::remainder),
    }
}

fn divided(
    builder: &mut Builder<'_>,
    node: &Node,
    expression: fn(&Pointwise, &Pointwise) -> Pointwise,
) -> Result<Vec<Value>, String> {
    let operands = Operands::new(builder, &[node.input(0)?, node.input(1)?])?;
    let expression = expression(&operands.terms[0], &operands.terms[1]);
    operands.apply(builder, expression)
}

fn binary_of(
    builder: &mut Builder<'_>,
    node: &Node,
    combination: Combination,
) -> Result<Vec<Value>, String> {
    let operands = Operands::new(builder, &[node.input(0)?, node.input(1)?])?;
    let expression = operands.terms[0].binary(combination, &operands.terms[1]);
    operands.apply(builder, expression)
}

fn maximum(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    all_of(builder, node, Combination::Max, None)
}

fn minimum(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    all_of(builder, node, Combination::Min, None)
}

fn sum(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    all_of(builder, node, Combination::Add, None)
}

fn mean(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    all_of(
        builder,
        node,
        Combination::Add,
        Some(node.inputs.len() as f64),
    )
}

/// Combines all inputs, and divides the result.
fn all_of(
    builder: &mut Builder<'_>,
    node: &Node,
    combination: Combination,
    divisor: Option<f64>,
) -> Result<Vec<Value>, String> {
    let operands = Operands::new(builder, &node.all_inputs()?)?;
    let mut terms = operands.terms.iter();
    let first = terms.next().cloned().unwrap_or_else(Pointwise::identity);
    let mut expression = terms.fold(first, |sum, term| sum.binary(combination, term));
    if let Some(divisor) = divisor {
        expression = expression.over(&Pointwise::constant(divisor));
    }
    operands.apply(builder, expression)
}

fn power(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let exponent = builder.number(node.input(1)?).unwrap_or(f64::NAN);
    let operands = Operands::new(builder, &[node.input(0)?, node.input(1)?])?;
    let x = &operands.terms[0];
    let one = Pointwise::constant(1.0);
    let expression = match exponent {
        1.0 => x.clone(),
        2.0 => x.times(x),
        3.0 => x.times(x).times(x),
        4.0 => x.times(x).times(&x.times(x)),
        -1.0 => one.over(x),
        -2.0 => one.over(&x.times(x)),
        0.5 => x.unary(Function::Sqrt),
        -0.5 => one.over(&x.unary(Function::Sqrt)),
        _ => x.binary(Combination::Power, &operands.terms[1]),
    };
    operands.apply(builder, expression)
}

type Inputs = [Option<Rc<Array>>];

fn fold_add(_: &Node, inputs: &Inputs) -> Result<Vec<Array>, String> {
    two(inputs, |a, b| a + b, i64::checked_add)
}

fn fold_subtract(_: &Node, inputs: &Inputs) -> Result<Vec<Array>, String> {
    two(inputs, |a, b| a - b, i64::checked_sub)
}

fn fold_multiply(_: &Node, inputs: &Inputs) -> Result<Vec<Array>, String> {
    two(inputs, |a, b| a * b, i64::checked_mul)
}

fn fold_divide(_: &Node, inputs: &Inputs) -> Result<Vec<Array>, String> {
    two(inputs, |a, b| a / b, i64::checked_div)
}

fn fold_power(_: &Node, inputs: &Inputs) -> Result<Vec<Array>, String> {
    let (base, exponent) = (input(inputs, 0)?, input(inputs, 1)?);
    // The exponent may have another type than the base.
    let exponent = match base.as_ints() {
        Some(_) => fold::unary(exponent, |value| value, |value| value),
        None => Array::floats(base.ty, exponent.dims.clone(), exponent.to_floats()),
    };
    let int = |a: i64, b: i64| a.checked_pow(u32::try_from(b).ok()?);
    Ok(vec![binary(base, &exponent, f64::powf, int)?])
}

fn fold_modulo(node: &Node, inputs: &Inputs) -> Result<Vec<Array>, String> {
    let truncates = node.flag("fmod", false)?;
    two(
        inputs,
        move |a, b| a % b,
        move |a, b| {
            let rest = a.checked_rem(b)?;
            let differs = rest != 0 && (rest < 0) != (b < 0);
            Some(if differs && !truncates {
                rest + b
            } else {
                rest
            })
        },
    )
}

fn fold_maximum(_: &Node, inputs: &Inputs) -> Result<Vec<Array>, String> {
    every(inputs, f64::max, |a, b| Some(a.max(b)))
}

fn fold_minimum(_: &Node, inputs: &Inputs) -> Result<Vec<Array>, String> {
    every(inputs, f64::min, |a, b| Some(a.min(b)))
}

fn fold_sum(_: &Node, inputs: &Inputs) -> Result<Vec<Array>, String> {
    every(inputs, |a, b| a + b, i64::checked_add)
}

fn two(
    inputs: &Inputs,
    float: impl Fn(f64, f64) -> f64,
    int: impl Fn(i64, i64) -> Option<i64>,
) -> Result<Vec<Array>, String> {
    Ok(vec![binary(
        input(inputs, 0)?,
        input(inputs, 1)?,
        float,
        int,
    )?])
}

fn every(
    inputs: &Inputs,
    float: impl Fn(f64, f64) -> f64,
    int: impl Fn(i64, i64) -> Option<i64>,
) -> Result<Vec<Array>, String> {
    let mut result = input(inputs, 0)?.clone();
    for index in 1..inputs.len() {
        result = binary(&result, input(inputs, index)?, &float, &int)?;
    }
    Ok(vec![result])
}
