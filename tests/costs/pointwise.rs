//! What is done with each value alone, or with its neighbours in other channels.

use menagerie::graph::{
    Activation, Add, BatchNorm, BatchNormParameters, Graph, LocalResponseNorm, Op,
};

use crate::case::{Case, parameter};

pub fn cases(graph: &mut Graph) -> Vec<Case> {
    let norm = BatchNormParameters {
        gamma: parameter(graph, &[3]),
        beta: parameter(graph, &[3]),
        mean: parameter(graph, &[3]),
        variance: parameter(graph, &[3]),
        epsilon: 1e-5,
    };
    vec![
        Case {
            op: Op::BatchNorm(BatchNorm {
                channels: 3,
                parameters: norm,
                activation: Activation::Relu,
            }),
            inputs: &[[3, 2, 2]],
            flops: 12 * (2 + 1),
            activations: 12 + 12,
            parameters: 4 * 3,
        },
        // A square, which the neighbours share, the sum of five, then scale, shift, power and division.
        Case {
            op: Op::LocalResponseNorm(LocalResponseNorm {
                size: 5,
                alpha: 1e-4,
                beta: 0.75,
                k: 2.0,
            }),
            inputs: &[[6, 2, 2]],
            flops: 24 * (1 + 5 + 4),
            activations: 24 + 24,
            parameters: 0,
        },
        Case {
            op: Op::Activation(Activation::Relu),
            inputs: &[[10, 1, 1]],
            flops: 10,
            activations: 20,
            parameters: 0,
        },
        Case {
            op: Op::Activation(Activation::Relu6),
            inputs: &[[10, 1, 1]],
            flops: 20,
            activations: 20,
            parameters: 0,
        },
        Case {
            op: Op::Add(Add::default()),
            inputs: &[[1, 2, 3], [1, 2, 3]],
            flops: 6,
            activations: 3 * 6,
            parameters: 0,
        },
        Case {
            op: Op::Add(Add {
                scale: 0.1,
                activation: Activation::Relu,
            }),
            inputs: &[[1, 2, 3], [1, 2, 3]],
            flops: 6 * (2 + 1),
            activations: 3 * 6,
            parameters: 0,
        },
    ]
}
