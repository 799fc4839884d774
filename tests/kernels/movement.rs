//! Operations that only move values: concatenation, padding, flattening; and those that need not even that.

use proptest::prelude::*;

use crate::common::cases::Case;
use crate::common::cases::movement::{Branches, concatenation, dropout, flatten, pad, splitting};
use crate::harness::check_all;
use crate::shapes::{batches, paddings, shapes};

#[test]
fn concatenations() {
    let channels = prop::collection::vec(1..=9_usize, 1..=6);
    let branches = prop_oneof![Just(Branches::Inputs), Just(Branches::Computed)];
    check_all((shapes(), channels, branches, batches()).prop_map(
        |(shape, channels, branches, batch)| {
            concatenation("random", shape, &channels, branches).batch(batch)
        },
    ));
}

/// Numbers of channels of which only the last may leave a quad unfilled.
fn in_quads() -> impl Strategy<Value = Vec<usize>> {
    let quads = prop::collection::vec((1..=4_usize).prop_map(|quads| 4 * quads), 1..=4);
    (quads, 1..=9_usize).prop_map(|(mut channels, last)| {
        channels.push(last);
        channels
    })
}

#[test]
fn concatenations_in_place() {
    check_all(
        (shapes(), in_quads(), batches()).prop_map(|(shape, channels, batch)| {
            concatenation("random", shape, &channels, Branches::Computed).batch(batch)
        }),
    );
}

#[test]
fn splits_in_place() {
    check_all(
        (shapes(), in_quads(), batches()).prop_map(|(mut shape, channels, batch)| {
            shape.channels = channels.iter().sum();
            splitting("random", shape, &channels).batch(batch)
        }),
    );
}

#[test]
fn pads() {
    check_all(
        (shapes(), paddings(), batches()).prop_map(|(shape, padding, batch)| {
            Case::unary("random", pad(padding), shape).batch(batch)
        }),
    );
}

#[test]
fn flattenings() {
    check_all(
        (shapes(), batches())
            .prop_map(|(shape, batch)| Case::unary("random", flatten(), shape).batch(batch)),
    );
}

#[test]
fn dropouts() {
    check_all(
        (shapes(), batches())
            .prop_map(|(shape, batch)| Case::unary("random", dropout(), shape).batch(batch)),
    );
}
