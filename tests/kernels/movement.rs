//! Operations that only move values: concatenation, padding, flattening, dropout.

use menagerie::graph::{Concat, Dropout, Flatten, Graph, Op, Pad, Padding, Shape};
use proptest::prelude::*;

use crate::case::{Case, batches, check_all, pointwise, shapes, unary};

/// Branches of these numbers of channels, concatenated.
fn concatenation(shape: Shape, branches: &[usize], in_place: bool, batch: usize) -> Case {
    let mut graph = Graph::new("case", shape);
    let input = graph.input();
    let branches: Vec<_> = branches
        .iter()
        .enumerate()
        .map(|(index, &channels)| pointwise(&mut graph, &format!("branch{index}"), input, channels))
        .collect();
    graph
        .add_node("concat", Op::Concat(Concat { in_place }), branches)
        .unwrap();
    Case { graph, batch }
}

#[test]
fn concatenations() {
    let branches = prop::collection::vec(1..=9_usize, 1..=6);
    check_all(
        (shapes(), branches, batches())
            .prop_map(|(shape, branches, batch)| concatenation(shape, &branches, false, batch)),
    );
}

#[test]
fn concatenations_in_place() {
    let branches = prop::collection::vec((1..=4_usize).prop_map(|groups| 4 * groups), 1..=4);
    check_all((shapes(), branches, 1..=9_usize, batches()).prop_map(
        |(shape, mut branches, last, batch)| {
            // Only the last may leave a vector unfilled.
            branches.push(last);
            concatenation(shape, &branches, true, batch)
        },
    ));
}

#[test]
fn pads() {
    let padding = (0..=3_usize, 0..=3_usize, 0..=3_usize, 0..=3_usize).prop_map(
        |(top, left, bottom, right)| Padding {
            top,
            left,
            bottom,
            right,
        },
    );
    check_all(
        (shapes(), padding, batches())
            .prop_map(|(shape, padding, batch)| unary(Op::Pad(Pad { padding }), shape, batch)),
    );
}

#[test]
fn flattenings() {
    check_all(
        (shapes(), batches()).prop_map(|(shape, batch)| unary(Op::Flatten(Flatten), shape, batch)),
    );
}

#[test]
fn dropouts() {
    check_all(
        (shapes(), batches()).prop_map(|(shape, batch)| unary(Op::Dropout(Dropout), shape, batch)),
    );
}

pub fn fixed() -> Vec<Case> {
    let shape = Shape::new(7, 2, 3);
    vec![
        concatenation(shape, &[3, 1, 1, 1, 6], false, 1),
        unary(
            Op::Pad(Pad {
                padding: Padding::all(1),
            }),
            shape,
            1,
        ),
        unary(Op::Flatten(Flatten), shape, 1),
        unary(Op::Dropout(Dropout), shape, 1),
    ]
}
