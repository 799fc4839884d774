//! Values divided by their size: by a norm along an axis, or by the standard deviation after the mean is subtracted.

use super::Operation;
use super::composed::{Parts, list, number};
use crate::onnx::build::{Builder, Node, Value, axis};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images("LpNormalization", &[1, 22], &["axis", "p"], by_norm),
    Operation::of_images(
        "MeanVarianceNormalization",
        &[9, 13],
        &["axes"],
        by_deviation,
    ),
];

/// What ONNX adds to a standard deviation.
const EPSILON: f64 = 1e-9;

fn by_norm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let x = node.input(0)?;
    let axis = node.axis("axis", -1, x.rank())?;
    let norm = match node.int("p", 2)? {
        1 => "ReduceL1",
        2 => "ReduceL2",
        p => return Err(format!("expected the norm 1 or 2, found {p}")),
    };
    let mut parts = Parts::new(builder, node);
    let size = parts.add(norm, &[x, &list(&[axis])], &[])?;
    // Zeros stay zeros.
    let size = parts.add("Max", &[&size, &number(f32::MIN_POSITIVE.into())], &[])?;
    Ok(vec![parts.add("Div", &[x, &size], &[])?])
}

fn by_deviation(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let x = node.input(0)?;
    let axes = node.ints("axes")?.unwrap_or_else(|| vec![0, 2, 3]);
    let axes = axes.into_iter().map(|at| axis(at, x.rank()));
    let axes = list(&axes.collect::<Result<Vec<usize>, String>>()?);
    let mut parts = Parts::new(builder, node);
    let mean = parts.add("ReduceMean", &[x, &axes], &[])?;
    let rest = parts.add("Sub", &[x, &mean], &[])?;
    let squares = parts.add("Mul", &[&rest, &rest], &[])?;
    let variance = parts.add("ReduceMean", &[&squares, &axes], &[])?;
    let deviation = parts.add("Sqrt", &[&variance], &[])?;
    let deviation = parts.add("Add", &[&deviation, &number(EPSILON)], &[])?;
    Ok(vec![parts.add("Div", &[&rest, &deviation], &[])?])
}
