//! Operations of ONNX Runtime's own domain that its quantisation writes: those of floats between integers of 8 bits.

use super::Operation;
use super::composed::{Parts, int, ints};
use super::integer::{columns, rows};
use super::quantise::{dequantize, fold_dequantize, quantize};
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::data_type::DataType;
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
            let axes: Vec<usize> = (2..node.input(0)?.rank()).collect();
            of_images(builder, node, "ReduceMean", &[ints("axes", &axes)])
        },
    ),
    Operation::of_images(
        "QLinearAveragePool",
        &[1],
        &[
            "auto_pad",
            "ceil_mode",
            "channels_last",
            "count_include_pad",
            "kernel_shape",
            "pads",
            "strides",
        ],
        |builder, node| of_images(builder, node, "AveragePool", &node.attributes),
    ),
    Operation::of_images("QLinearSoftmax", &[1], &["axis", "opset"], softmax),
    Operation::of_images("QLinearConcat", &[1], &["axis"], concat),
    Operation::of_images("QGemm", &[1], &["alpha", "transA", "transB"], gemm),
    Operation::of_images(
        "QLinearConv",
        &[1],
        &[
            "auto_pad",
            "channels_last",
            "dilations",
            "group",
            "kernel_shape",
            "pads",
            "strides",
        ],
        conv,
    ),
    Operation::of_images("MatMulIntegerToFloat", &[1], &[], |builder, node| {
        let (mut parts, b) = (Parts::new(builder, node), node.input(1)?);
        let a = (node.input(0)?, node.input(2)?, node.optional(4));
        product(&mut parts, a, (b, node.input(3)?, node.optional(5)), 6)
    }),
    Operation::of_images("DynamicQuantizeMatMul", &[1], &[], |builder, node| {
        let (mut parts, b) = (Parts::new(builder, node), node.input(1)?);
        let a = parts.add_all("DynamicQuantizeLinear", &[node.input(0)?], &[], 3)?;
        let [a, scale, zero] = &a[..] else {
            return Err("expected a scale and a zero point".to_owned());
        };
        let b = (b, node.input(2)?, node.optional(3));
        product(&mut parts, (a, scale, Some(zero)), b, 4)
    }),
    // Those of the standard domain, for integers of 4 and 16 bits in old operator sets.
    Operation::of_images("QuantizeLinear", &[1], QUANTIZE_ATTRIBUTES, quantize),
    Operation {
        fold: Some(fold_dequantize),
        ..Operation::of_images("DequantizeLinear", &[1], QUANTIZE_ATTRIBUTES, dequantize)
    },
];

const QUANTIZE_ATTRIBUTES: &[&str] = &[
    "axis",
    "block_size",
    "output_dtype",
    "precision",
    "saturate",
];

/// Returns why the operation `name` of `domain` is not known.
pub fn why_unknown(domain: &str, name: &str) -> &'static str {
    if domain == DOMAIN && is_of_integers(name) {
        return "this arithmetic of integers (int8) is not known; the float file that was quantised runs";
    }
    match domain.strip_prefix(DOMAIN) {
        Some(".nchwc") => {
            "ONNX Runtime wrote it for one kind of processor; the file before this optimisation runs"
        }
        _ => "this operation is not known",
    }
}

/// Returns whether an operation of the domain computes with integers of few bits.
fn is_of_integers(name: &str) -> bool {
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

/// [`of_one`] of images that may have their channels last.
fn of_images(
    builder: &mut Builder<'_>,
    node: &Node,
    name: &str,
    attributes: &[Attribute],
) -> Result<Vec<Value>, String> {
    if !node.flag("channels_last", false)? {
        return of_one(builder, node, name, attributes);
    }
    let mut parts = Parts::new(builder, node);
    let x = parts.channels_first(node.input(0)?)?;
    let x = parts.dequantized(&x, node.input(1)?, node.optional(2), 1)?;
    let y = parts.add(name, &[&x], attributes)?;
    let y = parts.quantized(&y, node.input(3)?, node.optional(4))?;
    Ok(vec![parts.channels_last(&y)?])
}

/// A convolution of images that may have their channels last.
fn conv(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let is_last = node.flag("channels_last", false)?;
    let mut parts = Parts::new(builder, node);
    let mut inputs = node.all_inputs()?;
    let first = match (is_last, inputs.first()) {
        (true, Some(x)) => Some(parts.channels_first(x)?),
        _ => None,
    };
    if let Some(x) = &first {
        inputs[0] = x;
    }
    let y = parts.add("QLinearConv", &inputs, &node.attributes)?;
    Ok(vec![match is_last {
        true => parts.channels_last(&y)?,
        false => y,
    }])
}

/// In old operator sets, it was one of all axes from the given one on.
fn softmax(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let rank = node.input(0)?.rank();
    let axis = node.axis("axis", -1, rank)?;
    let opset = node.int("opset", 13)?;
    if opset < 13 && axis + 1 != rank {
        return Err(format!(
            "axis {axis} of operator set {opset} is not supported"
        ));
    }
    of_one(builder, node, "Softmax", &[int("axis", axis as i64)])
}

/// An integer matrix or its values, the scale, and the zero point.
type Quantized<'v> = (&'v Value, &'v Value, Option<&'v Value>);

/// The product of two matrices of integers as floats, plus the input `bias` of the node.
fn product(
    parts: &mut Parts<'_, '_>,
    a: Quantized<'_>,
    b: Quantized<'_>,
    bias: usize,
) -> Result<Vec<Value>, String> {
    let scale = parts.add("Mul", &[a.1, b.1], &[])?;
    let a = parts.shifted(a.0, a.2, rows(a.0))?;
    let b = parts.shifted(b.0, b.2, columns(b.0))?;
    let sums = parts.add("MatMul", &[&a, &b], &[])?;
    let mut y = parts.add("Mul", &[&sums, &scale], &[])?;
    if let Some(bias) = parts.node().optional(bias) {
        y = parts.add("Add", &[&y, bias], &[])?;
    }
    Ok(vec![y.with_type(DataType::F32)])
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
