//! Fully connected layers.

use menagerie::graph::{Activation, Graph, Linear, Op};
use menagerie::tensor::Shape;
use proptest::prelude::*;

use crate::case::{Case, activations, batches, check_all, parameter};

fn linear(sizes: [usize; 2], bias: bool, activation: Activation, batch: usize) -> Case {
    let [in_features, out_features] = sizes;
    let mut graph = Graph::new("case", Shape::vector(in_features));
    let op = Linear {
        in_features,
        out_features,
        weight: parameter(&mut graph, "fc.weight", &[out_features, in_features]),
        bias: bias.then(|| parameter(&mut graph, "fc.bias", &[out_features])),
        activation,
    };
    let input = graph.input();
    graph.add_node("fc", Op::Linear(op), vec![input]).unwrap();
    Case { graph, batch }
}

#[test]
fn linears() {
    let sizes = (1..=70_usize, 1..=70_usize).prop_map(|(from, to)| [from, to]);
    check_all(
        (sizes, any::<bool>(), activations(), batches())
            .prop_map(|(sizes, bias, activation, batch)| linear(sizes, bias, activation, batch)),
    );
}

pub fn fixed() -> Vec<Case> {
    vec![linear([10, 6], true, Activation::Relu, 1)]
}
