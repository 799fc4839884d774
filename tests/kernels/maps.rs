//! Operations that change the size of maps, and normalisation across channels.

use menagerie::graph::{Interpolation, Padding};
use menagerie::tensor::Shape;
use proptest::prelude::*;

use crate::common::cases::Case;
use crate::common::cases::maps::{crop, group_norm, layer_norm, local_response_norm, resize};
use crate::harness::check_all;
use crate::shapes::{batches, pairs, shapes};

fn interpolations() -> impl Strategy<Value = Interpolation> {
    prop_oneof![
        Just(Interpolation::Nearest),
        any::<bool>().prop_map(|align_corners| Interpolation::Bilinear { align_corners }),
    ]
}

#[test]
fn resizes() {
    check_all((shapes(), pairs(23), interpolations(), batches()).prop_map(
        |(shape, size, interpolation, batch)| {
            Case::unary("random", resize(size, interpolation), shape).batch(batch)
        },
    ));
}

#[test]
fn crops() {
    check_all(
        (shapes(), any::<[u8; 4]>(), batches()).prop_map(|(shape, sides, batch)| {
            // What is left of a side is at least a pixel.
            let part = |side: u8, size: usize| usize::from(side) % size.div_ceil(2);
            let border = Padding {
                top: part(sides[0], shape.height),
                left: part(sides[1], shape.width),
                bottom: part(sides[2], shape.height),
                right: part(sides[3], shape.width),
            };
            Case::unary("random", crop(border), shape).batch(batch)
        }),
    );
}

#[test]
fn layer_norms() {
    check_all(
        (shapes(), any::<bool>(), batches())
            .prop_map(|(shape, beta, batch)| layer_norm("random", shape, 0.0, beta).batch(batch)),
    );
}

#[test]
fn group_norms() {
    let groups = (1..=7_usize, 1..=6_usize, 1..=9_usize, 1..=9_usize);
    check_all((groups, any::<bool>(), batches()).prop_map(
        |((groups, each, height, width), beta, batch)| {
            let shape = Shape::new(groups * each, height, width);
            group_norm("random", shape, groups, 0.0, beta).batch(batch)
        },
    ));
}

#[test]
fn local_response_norms() {
    let sizes = (0..=6_usize).prop_map(|half| 2 * half + 1);
    let powers = prop_oneof![Just(0.75), Just(0.5), Just(1.0)];
    check_all((shapes(), sizes, 0.0..2.0, powers, batches()).prop_map(
        |(shape, size, alpha, beta, batch)| {
            let op = local_response_norm(size, alpha, beta, 1.0);
            Case::unary("random", op, shape).batch(batch)
        },
    ));
}
