//! That a defect of a pass is found and named, with passes that have one.

use super::driver::run;
use super::patch::{Outcome, Pass};
use crate::graph::{Activation, Draft, Graph, NodeId, Op, Pad, Padding};
use crate::tensor::Shape;

fn graph() -> Graph {
    let mut graph = Graph::new("net", Shape::new(3, 4, 4));
    let input = graph.input();
    let relu = Op::Activation(Activation::Relu);
    let x = graph.add_node("first", relu.clone(), vec![input]).unwrap();
    graph.add_node("second", relu, vec![x]).unwrap();
    graph
}

/// The message that a pass of this `look` ends with.
fn failure(look: fn(&Draft, NodeId) -> Outcome) -> String {
    let pass = Pass {
        name: "faulty",
        look,
    };
    match run(&graph(), &[&pass], None) {
        Ok((graph, _)) => panic!("it made\n{graph}"),
        Err(error) => error.to_string(),
    }
}

/// Answers with `outcome` at the node called `name` alone.
fn at(draft: &Draft, id: NodeId, name: &str, outcome: Outcome) -> Outcome {
    if draft.node(id).name == name {
        outcome
    } else {
        Outcome::NoMatch
    }
}

fn pad() -> Op {
    let padding = Padding::all(1);
    Op::Pad(Pad { padding })
}

#[test]
fn another_shape_is_found() {
    let look = |draft: &Draft, id| {
        let patch = Outcome::replace("pad", pad(), vec![NodeId(0)]);
        at(draft, id, "first", patch)
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: the result must stay 3x4x4, found 3x6x6"
    );
}

#[test]
fn inputs_that_an_operation_cannot_take_are_found() {
    let look = |draft: &Draft, id| {
        let patch = Outcome::replace("pad", pad(), Vec::new());
        at(draft, id, "first", patch)
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: pad (pad) cannot take []: expected 1 input, found 0"
    );
}

#[test]
fn reading_a_later_node_is_found() {
    let look = |draft: &Draft, id| at(draft, id, "first", Outcome::bypass(NodeId(2)));
    assert_eq!(
        failure(look),
        "pass faulty, node first: %1 can only read what is computed before it, found %2"
    );
}

#[test]
fn parameters_of_the_wrong_shape_are_found() {
    let look = |draft: &Draft, id| {
        let norm = crate::graph::BatchNormParameters {
            gamma: draft.next_parameter(0),
            beta: draft.next_parameter(0),
            mean: draft.next_parameter(0),
            variance: draft.next_parameter(0),
            epsilon: 0.0,
        };
        let op = Op::BatchNorm(crate::graph::BatchNorm {
            channels: 3,
            parameters: norm,
            activation: Activation::Identity,
        });
        at(
            draft,
            id,
            "first",
            Outcome::replace("norm", op, vec![NodeId(0)]),
        )
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: batch_norm reads parameter 0 of 0"
    );
}

#[test]
fn a_pass_that_never_rests_is_stopped() {
    let look = |draft: &Draft, id| {
        let node = draft.node(id);
        let patch = Outcome::replace("second", node.op.clone(), node.inputs.clone());
        at(draft, id, "second", patch)
    };
    assert_eq!(
        failure(look),
        "pass faulty, node second: not at rest after 9 patches"
    );
}
