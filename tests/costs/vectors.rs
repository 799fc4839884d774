//! Operations on vectors.

use menagerie::graph::{Activation, Graph, Linear, Op, Softmax};

use crate::case::{Case, parameter};

pub fn cases(graph: &mut Graph) -> Vec<Case> {
    vec![
        Case {
            op: Op::Linear(Linear {
                in_features: 10,
                out_features: 4,
                weight: parameter(graph, &[4, 10]),
                bias: Some(parameter(graph, &[4])),
                activation: Activation::Relu,
            }),
            inputs: &[[10, 1, 1]],
            flops: 2 * 40 + 4 + 4,
            activations: 10 + 4,
            parameters: 40 + 4,
        },
        Case {
            op: Op::Softmax(Softmax),
            inputs: &[[10, 1, 1]],
            flops: 50,
            activations: 20,
            parameters: 0,
        },
    ]
}
