//! Operations on single values: activation, addition, batch normalisation.

use proptest::prelude::*;

use crate::common::cases::Case;
use crate::common::cases::pointwise::{activation, addition, normalisation};
use crate::harness::check_all;
use crate::shapes::{activations, batches, shapes};

#[test]
fn activations_alone() {
    check_all(
        (shapes(), activations(), batches()).prop_map(|(shape, function, batch)| {
            Case::unary("random", activation(function), shape).batch(batch)
        }),
    );
}

#[test]
fn additions() {
    let scale = prop_oneof![Just(1.0), -2.0..2.0];
    check_all((shapes(), scale, activations(), batches()).prop_map(
        |(shape, scale, function, batch)| addition("random", shape, scale, function).batch(batch),
    ));
}

#[test]
fn batch_normalisations() {
    check_all(
        (shapes(), activations(), batches()).prop_map(|(shape, function, batch)| {
            normalisation("random", shape, function).batch(batch)
        }),
    );
}
