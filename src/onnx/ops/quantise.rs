//! Quantisation, computed in f32: values are rounded and clamped as integers would be.

use std::rc::Rc;

use super::Operation;
use super::elementwise::Operands;
use crate::graph::Function;
use crate::onnx::array::{Array, strides};
use crate::onnx::build::{Builder, Node, Value, axis};
use crate::onnx::data_type::DataType;
use crate::onnx::fold::input;

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images(
        "QuantizeLinear",
        &[10, 13, 19, 21, 23, 24, 25, 28],
        &[
            "axis",
            "block_size",
            "output_dtype",
            "precision",
            "saturate",
        ],
        quantize,
    ),
    Operation {
        fold: Some(fold_dequantize),
        ..Operation::of_images(
            "DequantizeLinear",
            &[10, 13, 19, 21, 23, 24, 25, 28],
            &["axis", "block_size", "output_dtype"],
            dequantize,
        )
    },
];

/// Returns scale and zero point with the axes of the first input.
fn parameters(builder: &mut Builder<'_>, node: &Node) -> Result<(Value, Value), String> {
    if node.int("block_size", 0)? != 0 {
        return Err("block_size is not supported".to_owned());
    }
    let dims = node.input(0)?.dims().to_vec();
    let scale = builder.array(node.input(1)?)?;
    let zero = match node.optional(2) {
        Some(zero) => builder.array(zero)?.to_floats(),
        None => vec![0.0; scale.count()],
    };
    let aligned = match scale.count() {
        1 => vec![1],
        count => {
            let axis = axis(node.int("axis", 1)?, dims.len())?;
            if dims[axis] != count {
                return Err(format!(
                    "expected a scale for each of {}, found {count}",
                    dims[axis]
                ));
            }
            let mut aligned = vec![1; dims.len() - axis];
            aligned[0] = count;
            aligned
        }
    };
    let zero = Array::floats(DataType::F32, aligned.clone(), zero);
    let scale = Array::floats(DataType::F32, aligned, scale.to_floats());
    Ok((Value::known(scale), Value::known(zero)))
}

pub fn quantize(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let ty = match (node.optional(2), node.int("output_dtype", 0)?) {
        (Some(zero), _) => zero.ty(),
        (None, 0) => DataType::U8,
        (None, code) => {
            let code = i32::try_from(code).unwrap_or_default();
            DataType::of_code(code).map_err(|name| format!("{name} is not supported"))?
        }
    };
    let Some((low, high)) = ty.limits() else {
        return Err(format!("quantisation to {ty} is not supported"));
    };
    // Both are for floats of 8 bits.
    node.int("saturate", 1)?;
    node.int("precision", 0)?;
    let (scale, zero) = parameters(builder, node)?;
    let operands = Operands::new(builder, &[node.input(0)?, &scale, &zero])?;
    let [x, scale, zero] = &operands.terms[..] else {
        return Err("expected three inputs".to_owned());
    };
    let rounded = x.over(scale).unary(Function::Round).plus(zero);
    let clamped = rounded.clamp(low as f64, high as f64);
    let results = operands.apply(builder, clamped)?.into_iter();
    Ok(results.map(|result| result.with_type(ty)).collect())
}

pub fn dequantize(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    node.int("output_dtype", 0)?;
    let (scale, zero) = parameters(builder, node)?;
    let operands = Operands::new(builder, &[node.input(0)?, &scale, &zero])?;
    let [x, scale, zero] = &operands.terms[..] else {
        return Err("expected three inputs".to_owned());
    };
    let result = x.minus(zero).times(scale);
    let results = operands.apply(builder, result)?.into_iter();
    Ok(results
        .map(|result| result.with_type(DataType::F32))
        .collect())
}

pub fn fold_dequantize(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    if node.int("block_size", 0)? != 0 {
        return Err("block_size is not supported".to_owned());
    }
    let (array, scale) = (input(inputs, 0)?, input(inputs, 1)?);
    let scales = scale.to_floats();
    let zeros = match inputs.get(2) {
        Some(Some(zero)) => zero.to_floats(),
        _ => vec![0.0; scales.len()],
    };
    let step = match scales.len() {
        1 => array.count().max(1),
        count => {
            let axis = axis(node.int("axis", 1)?, array.dims.len())?;
            if array.dims[axis] != count {
                return Err(format!("expected a scale for each of {}", array.dims[axis]));
            }
            strides(&array.dims)[axis]
        }
    };
    if zeros.len() != scales.len() {
        return Err("expected as many zero points as scales".to_owned());
    }
    let values = array
        .to_floats()
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            let channel = index / step % scales.len();
            (value - zeros[channel]) * scales[channel]
        });
    Ok(vec![Array::floats(
        DataType::F32,
        array.dims.clone(),
        values.collect(),
    )])
}
