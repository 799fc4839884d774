//! The shape rules of the steps of Winograd's algorithm.

use menagerie::graph::{Op, Padding, Winograd};

use crate::types::{borrowed, expect_refused, inputs};

fn input(padding: Padding) -> Op {
    Op::Winograd(Winograd::Input { padding })
}

fn result(height: usize, width: usize) -> Op {
    Op::Winograd(Winograd::Result { height, width })
}

#[test]
fn shapes() {
    let weight = Op::Winograd(Winograd::Weight);
    let bottom = Padding {
        bottom: 3,
        ..Padding::default()
    };
    for (op, text, expected) in [
        (input(Padding::all(1)), "4x8x9", "144x2x3"),
        (input(Padding::default()), "4x3x6", "144x1x1"),
        (input(bottom), "4x8x9", "144x3x2"),
        (weight, "[5, 4, 3, 3]", "f32[180, 4, 1, 1]"),
        (result(8, 9), "144x2x3", "4x8x9"),
        (result(5, 1), "36x2x1", "1x5x1"),
    ] {
        let types = inputs(text);
        let results = op.infer(&borrowed(&types)).unwrap();
        assert_eq!(results[0].to_string(), expected, "{op:?} of {text}");
    }
}

#[test]
fn refused() {
    let weight = || Op::Winograd(Winograd::Weight);
    expect_refused(&[
        (
            input(Padding::default()),
            "4x2x8",
            "a window of 3x3 needs a larger image than 4x2x8",
        ),
        (
            input(Padding::default()),
            "v4",
            "expected an image, found a vector of 4",
        ),
        (
            input(Padding::default()),
            "4x8x8; 4x8x8",
            "expected 1 input, found 2",
        ),
        (
            weight(),
            "[5, 4, 3, 1]",
            "expected a weight of [out, in, 3, 3], found [5, 4, 3, 1]",
        ),
        (
            weight(),
            "4x3x3",
            "expected a weight of f32 that all images share, found 4x3x3",
        ),
        (
            result(8, 9),
            "144x2x2",
            "expected the products of 2x3 tiles, found 144x2x2",
        ),
        (
            result(4, 4),
            "35x1x1",
            "expected the products of 1x1 tiles, found 35x1x1",
        ),
    ]);
}
