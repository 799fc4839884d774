//! Operations of ONNX Runtime's own domain that its quantisation writes: those of floats between integers of 8 bits.

use super::Operation;
use super::composed::{Parts, ints};
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::schema::Attribute;

/// The name of the domain.
pub const DOMAIN: &str = "com.microsoft";

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images("QLinearAdd", &[1], &[], |builder, node| {
        of_two(builder, node, "Add")
    }),
    Operation::of_images("QLinearMul", &[1], &[], |builder, node| {
        of_two(builder, node, "Mul")
    }),
    Operation::of_images("QLinearSigmoid", &[1], &[], |builder, node| {
        of_one(builder, node, "Sigmoid", &[])
    }),
    Operation::of_images("QLinearLeakyRelu", &[1], &["alpha"], |builder, node| {
        of_one(builder, node, "LeakyRelu", &node.attributes)
    }),
    Operation::of_images(
        "QLinearGlobalAveragePool",
        &[1],
        &["channels_last"],
        |builder, node| {
            if node.flag("channels_last", false)? {
                return Err("channels_last is not supported".to_owned());
            }
            let axes: Vec<usize> = (2..node.input(0)?.rank()).collect();
            of_one(builder, node, "ReduceMean", &[ints("axes", &axes)])
        },
    ),
    Operation::of_images(
        "QLinearAveragePool",
        &[1],
        &[
            "auto_pad",
            "ceil_mode",
            "count_include_pad",
            "kernel_shape",
            "pads",
            "strides",
        ],
        |builder, node| of_one(builder, node, "AveragePool", &node.attributes),
    ),
    Operation::of_images("QLinearConcat", &[1], &["axis"], concat),
    Operation::of_images("QGemm", &[1], &["alpha", "transA", "transB"], gemm),
];

/// Returns whether an operation of the domain computes with integers of few bits.
pub fn is_of_integers(name: &str) -> bool {
    let mut letters = name.chars();
    let is_q = letters.next() == Some('Q') && letters.next().is_some_and(char::is_uppercase);
    is_q || name.contains("Integer") || name.contains("Quantize") || name.contains("NBits")
}

/// `name` of a value with its scale and zero point, and then those of the result.
fn of_one(
    builder: &mut Builder<'_>,
    node: &Node,
    name: &str,
    attributes: &[Attribute],
) -> Result<Vec<Value>, String> {
    let mut parts = Parts::new(builder, node);
    let x = parts.dequantized(node.input(0)?, node.input(1)?, node.optional(2), 1)?;
    let y = parts.add(name, &[&x], attributes)?;
    Ok(vec![parts.quantized(
        &y,
        node.input(3)?,
        node.optional(4),
    )?])
}

fn of_two(builder: &mut Builder<'_>, node: &Node, name: &str) -> Result<Vec<Value>, String> {
    let mut parts = Parts::new(builder, node);
    let a = parts.dequantized(node.input(0)?, node.input(1)?, node.optional(2), 1)?;
    let b = parts.dequantized(node.input(3)?, node.input(4)?, node.optional(5), 1)?;
    let y = parts.add(name, &[&a, &b], &[])?;
    Ok(vec![parts.quantized(
        &y,
        node.input(6)?,
        node.optional(7),
    )?])
}

/// The scale and the zero point of the result, and then each value with its own.
fn concat(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let mut parts = Parts::new(builder, node);
    let mut values = Vec::new();
    for first in (2..node.inputs.len()).step_by(3) {
        let (value, scale) = (node.input(first)?, node.input(first + 1)?);
        values.push(parts.dequantized(value, scale, node.optional(first + 2), 1)?);
    }
    let values: Vec<&Value> = values.iter().collect();
    let y = parts.add("Concat", &values, &node.attributes)?;
    Ok(vec![parts.quantized(
        &y,
        node.input(0)?,
        node.optional(1),
    )?])
}

/// A result without a scale is one of floats.
fn gemm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    if node.float("alpha", 1.0)? != 1.0 {
        return Err("alpha other than 1 is not supported".to_owned());
    }
    let mut parts = Parts::new(builder, node);
    let columns = usize::from(!node.flag("transB", false)?);
    let a = parts.shifted(node.input(0)?, node.optional(2), 1)?;
    let b = parts.shifted(node.input(3)?, node.optional(5), columns)?;
    let bias = match node.optional(6) {
        Some(bias) => Some(parts.shifted(bias, None, 0)?),
        None => None,
    };
    let inputs: Vec<&Value> = [&a, &b].into_iter().chain(&bias).collect();
    let sums = parts.add("Gemm", &inputs, &node.attributes)?;
    let scale = parts.add("Mul", &[node.input(1)?, node.input(4)?], &[])?;
    let y = match node.optional(7) {
        Some(y_scale) => parts.requantized(&sums, &scale, y_scale, node.optional(8))?,
        None => parts.add("Mul", &[&sums, &scale], &[])?,
    };
    Ok(vec![y])
}
