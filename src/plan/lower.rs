//! From an operation to the calls of kernels that compute it.

use super::View;
use crate::graph::{Activation, Op};
use crate::kernels::{
    Call, activation, add, average_pool, batch_norm, concat, conv, depthwise, flatten,
    global_average_pool, linear, max_pool, pad, softmax,
};

/// The calls that compute `op` of `inputs` for `batch` images, in order.
pub fn calls(op: &Op, inputs: &[View], output: &View, batch: usize) -> Vec<Call> {
    match (op, inputs) {
        (Op::Concat(op), _) if op.in_place => Vec::new(),
        (Op::Concat(_), _) => concat::calls(inputs, output, batch),
        (Op::Conv2d(op), [input]) if depthwise::supports(op) => {
            vec![depthwise::call(op, input, output, batch)]
        }
        (Op::Conv2d(op), [input, residual @ ..]) => {
            vec![conv::call(op, input, residual.first(), output, batch)]
        }
        (Op::Add(op), [left, right]) => vec![add::call(op, left, right, output, batch)],
        (op, [input]) => vec![unary(op, input, output, batch)]
            .into_iter()
            .flatten()
            .collect(),
        // The input has nothing to compute; the graph's shape rules allow no other count of inputs.
        _ => Vec::new(),
    }
}

fn unary(op: &Op, input: &View, output: &View, batch: usize) -> Option<Call> {
    match op {
        Op::BatchNorm(op) => Some(batch_norm::call(op, input, output, batch)),
        Op::Activation(function) => Some(activation::call(*function, input, output, batch)),
        Op::MaxPool(op) => Some(max_pool::call(op, input, output, batch)),
        Op::AveragePool(op) => Some(average_pool::call(op, input, output, batch)),
        Op::GlobalAveragePool(_) => Some(global_average_pool::call(input, output, batch)),
        Op::Linear(op) => Some(linear::call(op, input, output, batch)),
        Op::Softmax(_) => Some(softmax::call(input, output, batch)),
        Op::Pad(op) => Some(pad::call(op, input, output, batch)),
        Op::Flatten(_) => Some(flatten::call(input, output, batch)),
        Op::Dropout(_) => Some(activation::call(Activation::Identity, input, output, batch)),
        Op::Input | Op::Conv2d(_) | Op::Concat(_) | Op::Add(_) => None,
    }
}
