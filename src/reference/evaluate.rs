use super::activation::activation;
use super::add::add;
use super::batch_norm::{Statistics, batch_norm};
use super::concat::concat;
use super::conv::{Operands, conv};
use super::conv_transpose::{self, conv_transpose};
use super::crop::crop;
use super::linear::linear;
use super::local_response_norm::local_response_norm;
use super::pad::pad;
use super::pool::{adaptive_average_pool, average_pool, global_average_pool, max_pool};
use super::resize::resize;
use super::softmax::softmax;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Op, ParameterId, Shape};
use crate::tensor::Tensor;

/// The result of `op` for `inputs`, batches of one size, in the order of the node's inputs.
/// `parameters` gives the values of each parameter that the operation names.
///
/// # Errors
/// [`ErrorKind::Shape`] where the operation cannot take inputs of these shapes,
/// [`ErrorKind::Input`] where they are of different batch sizes, [`ErrorKind::Weights`] where a
/// parameter has another number of values than the operation needs.
pub fn evaluate<'a>(
    op: &Op,
    parameters: &dyn Fn(ParameterId) -> &'a [f32],
    inputs: &[&Tensor],
) -> Result<Tensor> {
    let shapes: Vec<Shape> = inputs.iter().map(|input| input.shape()).collect();
    let shape = op.shape(&shapes)?;
    // Every shape rule asks for at least one input.
    let input = inputs[0];
    if let Some(other) = inputs.iter().find(|other| other.batch() != input.batch()) {
        return Err(Error::new(
            ErrorKind::Input,
            format!(
                "{}: expected inputs of one batch size, found {} and {}",
                op.kind(),
                input.batch(),
                other.batch()
            ),
        ));
    }
    let parameter = |id: ParameterId, count: usize| {
        let values = parameters(id);
        if values.len() == count {
            return Ok(values);
        }
        let kind = op.kind();
        Err(Error::new(
            ErrorKind::Weights,
            format!(
                "{kind}: expected a parameter of {count} values, found {}",
                values.len()
            ),
        ))
    };
    let optional =
        |id: Option<ParameterId>, count: usize| id.map(|id| parameter(id, count)).transpose();

    let mut result = Tensor::zeros(input.batch(), shape);
    let output = result.data_mut();
    let (input_shape, data) = (input.shape(), input.data());
    match op {
        // Its shape rule has already refused it.
        Op::Input => {}
        Op::Conv2d(op) => {
            let operands = Operands {
                input: data,
                weight: parameter(op.weight, op.weight_shape().iter().product())?,
                bias: optional(op.bias, op.out_channels)?,
                residual: inputs.get(1).map(|residual| residual.data()),
            };
            conv(op, input_shape, &operands, shape, output);
        }
        Op::ConvTranspose2d(op) => {
            let operands = conv_transpose::Operands {
                input: data,
                weight: parameter(op.weight, op.weight_shape().iter().product())?,
                bias: optional(op.bias, op.out_channels)?,
            };
            conv_transpose(op, input_shape, &operands, shape, output);
        }
        Op::BatchNorm(op) => {
            let statistics = Statistics {
                gamma: parameter(op.parameters.gamma, op.channels)?,
                beta: parameter(op.parameters.beta, op.channels)?,
                mean: parameter(op.parameters.mean, op.channels)?,
                variance: parameter(op.parameters.variance, op.channels)?,
            };
            batch_norm(op, &statistics, shape, data, output);
        }
        Op::Activation(function) => activation(*function, data, output),
        Op::MaxPool(op) => max_pool(op, input_shape, data, shape, output),
        Op::AveragePool(op) => average_pool(op, input_shape, data, shape, output),
        Op::AdaptiveAveragePool(_) => adaptive_average_pool(input_shape, data, shape, output),
        Op::GlobalAveragePool(_) => global_average_pool(input_shape, data, output),
        Op::Concat(_) => concat(inputs, &mut result),
        Op::Add(op) => add(op, data, inputs[1].data(), output),
        Op::Linear(op) => {
            let weight = parameter(op.weight, op.in_features * op.out_features)?;
            let bias = optional(op.bias, op.out_features)?;
            linear(op, weight, bias, data, output);
        }
        Op::Softmax(_) => softmax(shape, data, output),
        Op::Pad(op) => pad(op, input_shape, data, shape, output),
        Op::Crop(op) => crop(op, input_shape, data, shape, output),
        Op::Resize(op) => resize(op, input_shape, data, shape, output),
        Op::LocalResponseNorm(op) => local_response_norm(op, shape, data, output),
        Op::Flatten(_) | Op::Dropout(_) => output.copy_from_slice(data),
    }
    Ok(result)
}
