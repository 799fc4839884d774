use super::batch_norm::{Statistics, batch_norm};
use super::concat::concat;
use super::conv::{Operands, conv};
use super::conv_pair::conv_pair;
use super::conv_transpose::{self, conv_transpose};
use super::crop::crop;
use super::group_norm::group_norm;
use super::layer_norm::layer_norm;
use super::linear::linear;
use super::local_response_norm::local_response_norm;
use super::mat_mul::mat_mul;
use super::pad::pad;
use super::pointwise::pointwise;
use super::pool::{adaptive_average_pool, average_pool, global_average_pool, max_pool};
use super::rearrange::rearrange;
use super::reduce::reduce;
use super::resize::resize;
use super::softmax::softmax;
use super::winograd::winograd;
use super::{Operand, check_size, split};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Op;
use crate::tensor::{Shape, Type, dense_strides};

/// Returns the results of `op` for `inputs`, parameters included. Optional inputs may be `None`.
///
/// # Errors
/// [`ErrorKind::Shape`] if the operation does not accept inputs of these types, [`ErrorKind::Input`] if the inputs
/// have different numbers of images, [`ErrorKind::Limit`] if a result, or an image with its padding, would take
/// more than 4 GiB.
pub fn evaluate(op: &Op, inputs: &[Option<&Operand<'_>>]) -> Result<Vec<Operand<'static>>> {
    let types: Vec<Option<&Type>> = inputs.iter().map(|input| input.map(Operand::ty)).collect();
    let results = op.infer(&types)?;
    let images = images(op, inputs)?;
    // The shape rules checked that the required inputs are present.
    let data = |index: usize| inputs.get(index).copied().flatten().map(Operand::data);
    let needed = |index: usize| data(index).unwrap_or_default();
    let shape = |ty: Option<&Type>| ty.and_then(Type::tensor_shape).unwrap_or(Shape::vector(1));
    let (input_shape, input) = (shape(types[0]), needed(0));
    let output_shape = shape(results.first());

    let mut outputs = Vec::with_capacity(results.len());
    let mut first_channel = 0;
    for ty in results {
        let copies = if ty.is_per_image() { images } else { 1 };
        let count = copies.saturating_mul(ty.count());
        check_size(count)?;
        let mut output = vec![0.0; count];
        let values = output.as_mut_slice();
        match op {
            Op::Conv2d(op) => {
                let operands = Operands {
                    input,
                    weight: needed(1),
                    bias: data(2),
                };
                conv(op, input_shape, &operands, output_shape, values)?;
            }
            Op::ConvTranspose2d(op) => {
                let operands = conv_transpose::Operands {
                    input,
                    weight: needed(1),
                    bias: data(2),
                };
                conv_transpose(op, input_shape, &operands, output_shape, values);
            }
            Op::BatchNorm(op) => {
                let statistics = Statistics {
                    gamma: data(1),
                    beta: data(2),
                    mean: needed(3),
                    variance: needed(4),
                };
                batch_norm(op, &statistics, input_shape, input, values);
            }
            Op::LayerNorm(op) => {
                layer_norm(op, needed(1), data(2), input_shape, input, values);
            }
            Op::GroupNorm(op) => {
                group_norm(op, needed(1), data(2), input_shape, input, values);
            }
            Op::Activation(_) | Op::PRelu(_) | Op::Pointwise(_) | Op::Add(_) => {
                let operands: Vec<&Operand<'_>> = inputs.iter().copied().flatten().collect();
                if let Some(expression) = op.as_pointwise() {
                    pointwise(&expression, &operands, ty.dims(), values);
                }
            }
            Op::MaxPool(op) => max_pool(op, input_shape, input, output_shape, values),
            Op::AveragePool(op) => average_pool(op, input_shape, input, output_shape, values),
            Op::AdaptiveAveragePool(_) => {
                adaptive_average_pool(input_shape, input, output_shape, values);
            }
            Op::GlobalAveragePool(_) => global_average_pool(input_shape, input, values),
            Op::Concat(_) => {
                let parts = inputs.iter().copied().flatten();
                let parts = parts.map(|part| (part.data(), part.ty().count()));
                concat(&parts.collect::<Vec<_>>(), values);
            }
            Op::Split(_) => {
                let channels = shape(Some(&ty)).channels;
                split::part(input_shape, input, first_channel, values, channels);
                first_channel += channels;
            }
            Op::Linear(_) => {
                let features = [input_shape.elements(), output_shape.channels];
                linear(features, needed(1), data(2), input, values);
            }
            Op::MatMul(_) => {
                if let [Some(a), Some(b)] = inputs {
                    mat_mul(a, b, &ty, values);
                }
            }
            Op::Reduce(op) => {
                let extents = types[0].map_or(&[][..], Type::extents);
                reduce(op, extents, input, values);
            }
            Op::Softmax(_) => softmax(output_shape, input, values),
            Op::Pad(op) => pad(op, input_shape, input, output_shape, values),
            Op::Crop(op) => crop(op, input_shape, input, output_shape, values),
            Op::Resize(op) => resize(op, input_shape, input, output_shape, values),
            Op::Winograd(op) => winograd(op, input_shape, input, output_shape, values),
            Op::ConvPair(op) => conv_pair(op, inputs, output_shape, values)?,
            Op::LocalResponseNorm(op) => local_response_norm(op, output_shape, input, values),
            Op::Transpose(_) | Op::Slice(_) | Op::Expand(_) => {
                let extents = types[0].map_or(&[][..], Type::extents);
                if let Some(strided) = op.strided(extents, &dense_strides(extents)) {
                    rearrange(&strided, extents.iter().product(), input, values);
                }
            }
            Op::Flatten(_) | Op::Reshape(_) | Op::Relayout(_) | Op::Dropout(_) => {
                values.copy_from_slice(input);
            }
        }
        outputs.push(Operand::new(ty, copies, output)?);
    }
    Ok(outputs)
}

/// Returns the number of images of the `inputs` that are per image.
fn images(op: &Op, inputs: &[Option<&Operand<'_>>]) -> Result<usize> {
    let mut counted = inputs
        .iter()
        .flatten()
        .filter(|input| input.ty().is_per_image())
        .map(|input| input.images());
    let first = counted.next().unwrap_or(1);
    match counted.find(|&other| other != first) {
        Some(other) => Err(Error::new(
            ErrorKind::Input,
            format!(
                "{}: expected inputs of the same batch size, found {first} and {other}",
                op.kind()
            ),
        )),
        None => Ok(first),
    }
}
