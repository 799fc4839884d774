//! Fully connected layers, and softmax.

use menagerie::tensor::Shape;
use proptest::prelude::*;

use crate::common::cases::Case;
use crate::common::cases::vectors::{linear, softmax};
use crate::harness::check_all;
use crate::shapes::{activations, batches, shapes};

fn linears(shapes: impl Strategy<Value = Shape>) -> impl Strategy<Value = Case> {
    (
        shapes,
        1..=70_usize,
        any::<bool>(),
        activations(),
        batches(),
    )
        .prop_map(|(shape, features, bias, function, batch)| {
            linear("random", shape, features, bias, function).batch(batch)
        })
}

#[test]
fn linears_of_vectors() {
    check_all(linears((1..=70_usize).prop_map(Shape::vector)));
}

#[test]
fn linears_of_images() {
    check_all(linears(shapes()));
}

#[test]
fn softmaxes() {
    check_all(
        (shapes(), batches())
            .prop_map(|(shape, batch)| Case::unary("random", softmax(), shape).batch(batch)),
    );
}
