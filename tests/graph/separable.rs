//! The shape rules of depthwise separable convolutions.

use menagerie::graph::{Activation, Op, Pointwise, SeparableConv2d, Window};

use crate::types::{borrowed, expect_refused, inputs};

fn op(window: Window, between: Pointwise) -> Op {
    Op::SeparableConv2d(SeparableConv2d { window, between })
}

fn of(window: Window) -> Op {
    op(window, Activation::Relu.expression())
}

#[test]
fn shapes() {
    let strided = Window::square(3, 2).padded(1);
    for (window, text, expected) in [
        (
            Window::square(3, 1),
            "4x8x9; [4, 1, 3, 3]; [4]; [6, 4, 1, 1]; [6]",
            "6x6x7",
        ),
        (
            strided,
            "4x8x9; [4, 1, 3, 3]; [4]; [6, 4, 1, 1]; [6]",
            "6x4x5",
        ),
        (
            Window::square(5, 1),
            "2x5x6; [2, 1, 5, 5]; [2]; [1, 2, 1, 1]",
            "1x1x2",
        ),
    ] {
        let types = inputs(text);
        let results = of(window).infer(&borrowed(&types)).unwrap();
        assert_eq!(results[0].to_string(), expected, "{window} of {text}");
        let mut without_biases = borrowed(&types);
        without_biases[2] = None;
        without_biases.truncate(4);
        let results = of(window).infer(&without_biases).unwrap();
        assert_eq!(results[0].to_string(), expected, "{window} of {text}");
    }
}

#[test]
fn refused() {
    let three = || of(Window::square(3, 1));
    let sum = Pointwise::operand(0).plus(&Pointwise::operand(1));
    expect_refused(&[
        (
            three(),
            "4x8x9; [4, 1, 3, 3]; [4]",
            "expected 4 to 5 inputs, found 3",
        ),
        (
            three(),
            "4x8x9; [8, 1, 3, 3]; [8]; [6, 8, 1, 1]",
            "expected a weight of [4, 1, 3, 3], found one for 8 channels",
        ),
        (
            three(),
            "4x8x9; [4, 1, 5, 5]; [4]; [6, 4, 1, 1]",
            "expected a weight of [4, 1, 3, 3], found [4, 1, 5, 5]",
        ),
        (
            three(),
            "4x8x9; [4, 1, 3, 3]; [4]; [6, 5, 1, 1]",
            "expected a weight of [6, 4, 1, 1], found [6, 5, 1, 1]",
        ),
        (
            three(),
            "4x8x9; [4, 1, 3, 3]; [5]; [6, 4, 1, 1]",
            "expected a bias of [4], found [5]",
        ),
        (
            op(Window::square(3, 1), sum),
            "4x8x9; [4, 1, 3, 3]; [4]; [6, 4, 1, 1]",
            "expected an expression of one operand, found x + a",
        ),
    ]);
}
