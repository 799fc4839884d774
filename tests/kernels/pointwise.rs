//! Operations on single values: activation, addition, batch normalisation; softmax over channels.

use menagerie::graph::{Activation, Add, Graph, Op, Softmax};
use menagerie::tensor::Shape;
use proptest::prelude::*;

use crate::case::{Case, activations, batch_norm, batches, check_all, pointwise, shapes, unary};

fn addition(shape: Shape, scale: f64, activation: Activation, batch: usize) -> Case {
    let mut graph = Graph::new("case", shape);
    let input = graph.input();
    let other = pointwise(&mut graph, "other", input, shape.channels);
    graph
        .add_node(
            "add",
            Op::Add(Add { scale, activation }),
            vec![input, other],
        )
        .unwrap();
    Case { graph, batch }
}

fn normalisation(shape: Shape, activation: Activation, batch: usize) -> Case {
    let mut graph = Graph::new("case", shape);
    let input = graph.input();
    let op = batch_norm(&mut graph, shape.channels, activation);
    graph.add_node("bn", op, vec![input]).unwrap();
    Case { graph, batch }
}

#[test]
fn activations_alone() {
    check_all(
        (shapes(), activations(), batches())
            .prop_map(|(shape, activation, batch)| unary(Op::Activation(activation), shape, batch)),
    );
}

#[test]
fn additions() {
    let scale = prop_oneof![Just(1.0), -2.0..2.0];
    check_all(
        (shapes(), scale, activations(), batches()).prop_map(
            |(shape, scale, activation, batch)| addition(shape, scale, activation, batch),
        ),
    );
}

#[test]
fn batch_normalisations() {
    check_all(
        (shapes(), activations(), batches())
            .prop_map(|(shape, activation, batch)| normalisation(shape, activation, batch)),
    );
}

#[test]
fn softmaxes() {
    check_all(
        (shapes(), batches()).prop_map(|(shape, batch)| unary(Op::Softmax(Softmax), shape, batch)),
    );
}

pub fn fixed() -> Vec<Case> {
    let shape = Shape::new(6, 3, 5);
    vec![
        unary(Op::Activation(Activation::Relu6), shape, 1),
        addition(shape, 0.17, Activation::Relu, 1),
        normalisation(shape, Activation::Identity, 1),
        unary(Op::Softmax(Softmax), shape, 1),
    ]
}
