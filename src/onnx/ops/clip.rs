//! Clip.

use std::rc::Rc;

use super::Operation;
use super::activation::applied;
use super::composed::Parts;
use crate::graph::{Activation, Op, Pointwise};
use crate::onnx::array::Array;
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::fold::{input, unary};

pub const OPERATIONS: &[Operation] = &[Operation {
    fold: Some(fold),
    ..Operation::of_images("Clip", &[1, 6, 11, 12, 13], &["max", "min"], clip)
}];

/// The first operator set in which the bounds are inputs.
const BOUNDS_ARE_INPUTS: i64 = 11;

fn clip(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let is_computed = |value: &Option<Value>| matches!(value, Some(Value::Computed(_)));
    if node.inputs.iter().skip(1).any(is_computed) {
        return between(builder, node);
    }
    let mut bounds = [None, None];
    for (index, bound) in bounds.iter_mut().enumerate() {
        if let Some(value) = node.optional(index + 1) {
            let number = builder.number(value);
            *bound = Some(number.ok_or("expected constant numbers as bounds")?);
        }
    }
    let [low, high] = limits(node, bounds)?;
    let relu = match (low, high) {
        (0.0, f64::INFINITY) => Some(Activation::Relu),
        (0.0, 6.0) => Some(Activation::Relu6),
        _ => None,
    };
    let Some(relu) = relu else {
        return applied(builder, node, Pointwise::identity().clamp(low, high));
    };
    let value = builder.tensor(node.input(0)?)?;
    let id = builder.op(Op::Activation(relu), &[value.id])?;
    builder.like(id, &value)
}

/// Clips to bounds of which one depends on the image.
fn between(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let mut parts = Parts::new(builder, node);
    let mut y = node.input(0)?.clone();
    for (index, bound) in [(1, "Max"), (2, "Min")] {
        if let Some(value) = node.optional(index) {
            y = parts.add(bound, &[&y, value], &[])?;
        }
    }
    Ok(vec![y])
}

/// Returns the bounds: `inputs`, or the attributes of old operator sets. A bound that no f32 exceeds is none.
fn limits(node: &Node, inputs: [Option<f64>; 2]) -> Result<[f64; 2], String> {
    let [mut low, mut high] = inputs;
    if node.opset < BOUNDS_ARE_INPUTS {
        low = node.optional_float("min")?;
        high = node.optional_float("max")?;
    } else if node.optional_float("min")?.is_some() || node.optional_float("max")?.is_some() {
        return Err("expected the bounds as inputs, found attributes".to_owned());
    }
    let low = low.filter(|&low| low > f32::MIN.into());
    let high = high.filter(|&high| high < f32::MAX.into());
    let high = high.unwrap_or(f64::INFINITY);
    // The upper bound counts if it is below the lower one.
    let low = low.unwrap_or(f64::NEG_INFINITY).min(high);
    Ok([low, high])
}

fn fold(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    let bound = |index: usize| {
        let bound = inputs.get(index).and_then(Option::as_deref);
        bound.and_then(Array::scalar)
    };
    let [low, high] = limits(node, [bound(1), bound(2)])?;
    let float = |x: f64| x.max(low).min(high);
    let clipped = unary(input(inputs, 0)?, float, |x| float(x as f64) as i64);
    Ok(vec![clipped])
}
