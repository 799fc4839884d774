//! From an operation to the calls of kernels that compute it.

use super::Variant;
use crate::graph::{Activation, Op};
use crate::kernels::matrix_conv::{self, Operands};
use crate::kernels::packing::{Packed, PlacedWeights};
use crate::kernels::{
    Call, View, activation, adaptive_average_pool, add, average_pool, batch_norm, concat, conv,
    conv_split_k, conv_subgroup, conv_tiled, conv_transpose2d, crop, depthwise, depthwise_3x3,
    flatten, global_average_pool, linear, local_response_norm, max_pool, pad, resize, softmax,
};

/// How the kernel that computes `op` wants its parameters, where it has any; `variant` is the one of several.
pub fn packed(op: &Op, variant: Option<Variant>) -> Option<Packed> {
    match op {
        Op::Conv2d(op) => Some(match variant? {
            Variant::Conv | Variant::ConvSplitK | Variant::ConvSubgroup | Variant::ConvTiled => {
                matrix_conv::packed(op)
            }
            Variant::Depthwise | Variant::Depthwise3x3 => depthwise::packed(op),
            Variant::Linear => linear::packed(&op.as_linear()),
        }),
        Op::Linear(op) if variant? != Variant::Linear => {
            packed(&Op::Conv2d(op.as_convolution()), variant)
        }
        Op::ConvTranspose2d(op) => Some(conv_transpose2d::packed(op)),
        Op::BatchNorm(op) => Some(batch_norm::packed(op)),
        Op::Linear(op) => Some(linear::packed(op)),
        _ => None,
    }
}

/// The calls that compute `op` of `inputs` for `batch` images, in order. The graph's shape rules have
/// made sure of the number of inputs; `weights` are there where [`packed`] asked for them.
pub fn calls(
    op: &Op,
    inputs: &[View],
    weights: Option<&PlacedWeights>,
    output: &View,
    batch: usize,
    variant: Option<Variant>,
) -> Vec<Call> {
    match (op, inputs, weights) {
        (Op::Concat(op), _, _) if op.in_place => Vec::new(),
        (Op::Concat(_), _, _) => concat::calls(inputs, output, batch),
        (Op::Conv2d(op), [input, residual @ ..], Some(weights)) => {
            let operands = Operands {
                input,
                weights,
                residual: residual.first(),
                output,
                batch,
            };
            let call = match variant {
                Some(Variant::Conv) => conv::call(op, &operands),
                Some(Variant::ConvSplitK) => conv_split_k::call(op, &operands),
                Some(Variant::ConvSubgroup) => conv_subgroup::call(op, &operands),
                Some(Variant::ConvTiled) => conv_tiled::call(op, &operands),
                Some(Variant::Depthwise) => depthwise::call(op, &operands),
                Some(Variant::Depthwise3x3) => depthwise_3x3::call(op, &operands),
                Some(Variant::Linear) => {
                    linear::call(&op.as_linear(), input, weights, output, batch)
                }
                None => return Vec::new(),
            };
            vec![call]
        }
        (Op::ConvTranspose2d(op), [input], Some(weights)) => {
            vec![conv_transpose2d::call(op, input, weights, output, batch)]
        }
        (Op::BatchNorm(op), [input], Some(weights)) => {
            vec![batch_norm::call(op, input, weights, output, batch)]
        }
        (Op::Linear(op), [_], Some(_)) if variant != Some(Variant::Linear) => {
            let op = Op::Conv2d(op.as_convolution());
            calls(&op, inputs, weights, output, batch, variant)
        }
        (Op::Linear(op), [input], Some(weights)) => {
            vec![linear::call(op, input, weights, output, batch)]
        }
        (Op::Add(op), [left, right], _) => vec![add::call(op, left, right, output, batch)],
        (op, [input], _) => unary(op, input, output, batch).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn unary(op: &Op, input: &View, output: &View, batch: usize) -> Option<Call> {
    match op {
        Op::Activation(function) => Some(activation::call(*function, input, output, batch)),
        Op::MaxPool(op) => Some(max_pool::call(op, input, output, batch)),
        Op::AveragePool(op) => Some(average_pool::call(op, input, output, batch)),
        Op::AdaptiveAveragePool(_) => Some(adaptive_average_pool::call(input, output, batch)),
        Op::GlobalAveragePool(_) => Some(global_average_pool::call(input, output, batch)),
        Op::Softmax(_) => Some(softmax::call(input, output, batch)),
        Op::Pad(op) => Some(pad::call(op, input, output, batch)),
        Op::Crop(op) => Some(crop::call(op, input, output, batch)),
        Op::Resize(op) => Some(resize::call(op, input, output, batch)),
        Op::LocalResponseNorm(op) => Some(local_response_norm::call(op, input, output, batch)),
        Op::Flatten(_) => Some(flatten::call(input, output, batch)),
        Op::Dropout(_) => Some(activation::call(Activation::Identity, input, output, batch)),
        Op::Input
        | Op::Conv2d(_)
        | Op::ConvTranspose2d(_)
        | Op::BatchNorm(_)
        | Op::Linear(_)
        | Op::Concat(_)
        | Op::Add(_) => None,
    }
}
