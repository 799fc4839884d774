//! Arithmetic of integers of 8 bits, computed in f32: values are dequantised, and results are rounded and clamped as the
//! integers would be. Sums of products are rounded to f32 where integers would have more bits.

use super::Operation;
use super::composed::{Parts, int, list, number};
use crate::onnx::array::Array;
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::data_type::DataType;

const CONV_ATTRIBUTES: &[&str] = &[
    "auto_pad",
    "dilations",
    "group",
    "kernel_shape",
    "pads",
    "strides",
];

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images("QLinearConv", &[10], CONV_ATTRIBUTES, quantized_conv),
    Operation::of_images("QLinearMatMul", &[10, 21], &[], quantized_product),
    Operation::of_images("ConvInteger", &[10], CONV_ATTRIBUTES, conv_of_integers),
    Operation::of_images("MatMulInteger", &[10], &[], product_of_integers),
    Operation::of_images("DynamicQuantizeLinear", &[11], &[], quantized_by_range),
];

/// The largest value of uint8.
const MOST: f64 = 255.0;

impl Parts<'_, '_> {
    /// Returns the numbers that `value` stands for. Several scales are those along `axis`.
    pub fn dequantized(
        &mut self,
        value: &Value,
        scale: &Value,
        zero: Option<&Value>,
        axis: usize,
    ) -> Result<Value, String> {
        let mut inputs = vec![value, scale];
        inputs.extend(zero);
        self.add("DequantizeLinear", &inputs, &[int("axis", axis as i64)])
    }

    /// Returns the integers that stand for the numbers `value`.
    pub fn quantized(
        &mut self,
        value: &Value,
        scale: &Value,
        zero: Option<&Value>,
    ) -> Result<Value, String> {
        let mut inputs = vec![value, scale];
        inputs.extend(zero);
        self.add("QuantizeLinear", &inputs, &[])
    }

    /// Returns the integers that stand for `sums` times `scale`.
    pub fn requantized(
        &mut self,
        sums: &Value,
        scale: &Value,
        y_scale: &Value,
        y_zero: Option<&Value>,
    ) -> Result<Value, String> {
        let factor = self.add("Div", &[scale, y_scale], &[])?;
        let y = self.add("Mul", &[sums, &factor], &[])?;
        self.quantized(&y, &number(1.0), y_zero)
    }

    /// Returns the integers `value` less their zero point. Several zero points are those along `axis`.
    pub fn shifted(
        &mut self,
        value: &Value,
        zero: Option<&Value>,
        axis: usize,
    ) -> Result<Value, String> {
        match zero {
            Some(zero @ Value::Computed(_)) => self.add("Sub", &[value, zero], &[]),
            Some(zero) => {
                let ones = vec![1.0; zero.dims().iter().product()];
                let ones = Array::floats(DataType::F32, zero.dims().to_vec(), ones);
                self.dequantized(value, &Value::known(ones), Some(zero), axis)
            }
            None => self.dequantized(value, &number(1.0), None, axis),
        }
    }
}

/// The sums are those of integers, as runtimes compute them, and the scales are one factor. So the rounding is theirs, too.
fn quantized_conv(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let mut parts = Parts::new(builder, node);
    let x = parts.shifted(node.input(0)?, node.optional(2), 1)?;
    let weight = parts.shifted(node.input(3)?, node.optional(5), 0)?;
    let bias = match node.optional(8) {
        Some(bias) => Some(parts.shifted(bias, None, 0)?),
        None => None,
    };
    let inputs: Vec<&Value> = [&x, &weight].into_iter().chain(&bias).collect();
    let sums = parts.add("Conv", &inputs, &node.attributes)?;
    let mut scale = parts.add("Mul", &[node.input(1)?, node.input(4)?], &[])?;
    if let &[channels] = scale.dims()
        && channels > 1
    {
        let mut dims = vec![1; sums.rank().saturating_sub(1)];
        dims[0] = channels;
        scale = parts.add("Reshape", &[&scale, &list(&dims)], &[])?;
    }
    let y = parts.requantized(&sums, &scale, node.input(6)?, node.optional(7))?;
    Ok(vec![y])
}

fn quantized_product(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let mut parts = Parts::new(builder, node);
    let (a, b) = (node.input(0)?, node.input(3)?);
    let (a_scale, b_scale) = (node.input(1)?, node.input(4)?);
    let a = parts.shifted(a, node.optional(2), rows(a))?;
    let b = parts.shifted(b, node.optional(5), columns(b))?;
    let sums = parts.add("MatMul", &[&a, &b], &[])?;
    let a_scale = match a_scale.dims() {
        &[count] if count > 1 => parts.add("Reshape", &[a_scale, &list(&[count, 1])], &[])?,
        _ => a_scale.clone(),
    };
    let scale = parts.add("Mul", &[&a_scale, b_scale], &[])?;
    let y = parts.requantized(&sums, &scale, node.input(6)?, node.optional(7))?;
    Ok(vec![y])
}

fn conv_of_integers(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let mut parts = Parts::new(builder, node);
    let x = parts.shifted(node.input(0)?, node.optional(2), 1)?;
    let weight = parts.shifted(node.input(1)?, node.optional(3), 0)?;
    let y = parts.add("Conv", &[&x, &weight], &node.attributes)?;
    Ok(vec![y.with_type(DataType::I32)])
}

fn product_of_integers(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let mut parts = Parts::new(builder, node);
    let (a, b) = (node.input(0)?, node.input(1)?);
    let a = parts.shifted(a, node.optional(2), rows(a))?;
    let b = parts.shifted(b, node.optional(3), columns(b))?;
    let y = parts.add("MatMul", &[&a, &b], &[])?;
    Ok(vec![y.with_type(DataType::I32)])
}

/// Returns the axis of the rows of a matrix.
pub fn rows(matrix: &Value) -> usize {
    matrix.rank().saturating_sub(2)
}

/// Returns the axis of the columns of a matrix.
pub fn columns(matrix: &Value) -> usize {
    matrix.rank().saturating_sub(1)
}

/// The scale and the zero point are those of the range of the values, which includes 0.
fn quantized_by_range(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let mut parts = Parts::new(builder, node);
    let x = node.input(0)?;
    let without_axes = [int("keepdims", 0)];
    let most = parts.add("ReduceMax", &[x], &without_axes)?;
    let most = parts.add("Max", &[&most, &number(0.0)], &[])?;
    let least = parts.add("ReduceMin", &[x], &without_axes)?;
    let least = parts.add("Min", &[&least, &number(0.0)], &[])?;
    let range = parts.add("Sub", &[&most, &least], &[])?;
    let scale = parts.add("Div", &[&range, &number(MOST)], &[])?;
    // All values are 0 where the range is.
    let scale = parts.add("Max", &[&scale, &number(f32::MIN_POSITIVE.into())], &[])?;
    let zero = parts.add("Div", &[&least, &scale], &[])?;
    let zero = parts.add("Neg", &[&zero], &[])?;
    let zero = parts.add("Round", &[&zero], &[])?;
    let limits = [number(0.0), number(MOST)];
    let zero = parts.add("Clip", &[&zero, &limits[0], &limits[1]], &[])?;
    let y = parts.add("Div", &[x, &scale], &[])?;
    let y = parts.add("Round", &[&y], &[])?;
    let y = parts.add("Add", &[&y, &zero], &[])?;
    let y = parts.add("Clip", &[&y, &limits[0], &limits[1]], &[])?;
    Ok(vec![
        y.with_type(DataType::U8),
        scale,
        zero.with_type(DataType::U8),
    ])
}
