//! Graphs with more outputs than the answer: every executor keeps them to the end of a run, with and without
//! passes.

#[path = "../common/mod.rs"]
mod common;

mod names;
mod values;

use common::compare::assert_near;
use menagerie::Tensor;
use menagerie::graph::{Graph, Node};
use menagerie::tensor::Shape;
use menagerie::zoo;

const SEED: u64 = 3;

/// Networks with branches, concatenations and sums, for images that are quick to compute.
fn networks() -> Vec<Graph> {
    [
        ("lenet5", Shape::new(1, 28, 28)),
        ("squeezenet1_1", Shape::new(3, 39, 33)),
        ("resnet18", Shape::new(3, 33, 39)),
        ("densenet121", Shape::new(3, 33, 33)),
    ]
    .map(|(name, input)| zoo::find(name).unwrap().graph_for(input).unwrap())
    .into()
}

/// The node of this name.
fn node<'a>(graph: &'a Graph, name: &str) -> &'a Node {
    let mut nodes = graph.nodes().iter();
    nodes.find(|node| node.name() == name).unwrap()
}

fn assert_all_near(case: &str, found: &[Tensor], expected: &[Tensor]) {
    assert_eq!(found.len(), expected.len(), "{case}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_near(&format!("{case}: output {index}"), found, expected, 2e-5);
    }
}
