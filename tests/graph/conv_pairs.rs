//! The shape rules of pairs of convolutions.

use menagerie::graph::{Activation, Conv2d, ConvPair, Op, Pointwise, Window};

use crate::types::{borrowed, expect_refused, inputs};

fn of_pixels() -> Conv2d {
    Conv2d {
        window: Window::square(1, 1),
        groups: 1,
    }
}

/// A depthwise convolution of `channels`, then one of pixels.
fn separable(window: Window, channels: usize) -> ConvPair {
    ConvPair {
        first: Conv2d {
            window,
            groups: channels,
        },
        between: Activation::Relu.expression(),
        second: of_pixels(),
    }
}

/// A convolution of pixels, then a depthwise one of `channels`.
fn expanded(window: Window, channels: usize) -> ConvPair {
    let ConvPair {
        first,
        between,
        second,
    } = separable(window, channels);
    ConvPair {
        first: second,
        between,
        second: first,
    }
}

#[test]
fn shapes() {
    let [three, strided] = [1, 2].map(|stride| Window::square(3, stride));
    for (op, text, expected) in [
        (
            separable(three, 4),
            "4x8x9; [4, 1, 3, 3]; [4]; [6, 4, 1, 1]; [6]",
            "6x6x7",
        ),
        (
            separable(strided.padded(1), 4),
            "4x8x9; [4, 1, 3, 3]; [4]; [6, 4, 1, 1]; [6]",
            "6x4x5",
        ),
        (
            separable(Window::square(5, 1), 2),
            "2x5x6; [2, 1, 5, 5]; [2]; [1, 2, 1, 1]",
            "1x1x2",
        ),
        (
            expanded(strided.padded(1), 6),
            "4x8x9; [6, 4, 1, 1]; [6]; [6, 1, 3, 3]; [6]",
            "6x4x5",
        ),
    ] {
        let types = inputs(text);
        let op = Op::ConvPair(Box::new(op));
        let results = op.infer(&borrowed(&types)).unwrap();
        assert_eq!(results[0].to_string(), expected, "{op:?} of {text}");
        let mut without_biases = borrowed(&types);
        without_biases[2] = None;
        without_biases.truncate(4);
        let results = op.infer(&without_biases).unwrap();
        assert_eq!(results[0].to_string(), expected, "{op:?} of {text}");
    }
}

#[test]
fn refused() {
    let three = || Op::ConvPair(Box::new(separable(Window::square(3, 1), 4)));
    let sum = Pointwise::operand(0).plus(&Pointwise::operand(1));
    expect_refused(&[
        (
            three(),
            "4x8x9; [4, 1, 3, 3]; [4]",
            "expected 4 to 5 inputs, found 3",
        ),
        (
            three(),
            "4x8x9; [8, 1, 3, 3]; [8]; [6, 4, 1, 1]",
            "expected a weight of [6, 8, 1, 1], found [6, 4, 1, 1]",
        ),
        (
            three(),
            "4x8x9; [4, 1, 5, 5]; [4]; [6, 4, 1, 1]",
            "expected a weight of [4, 1, 3, 3], found [4, 1, 5, 5]",
        ),
        (
            three(),
            "6x8x9; [4, 1, 3, 3]; [4]; [6, 4, 1, 1]",
            "4 groups must divide 6 input and 4 output channels",
        ),
        (
            three(),
            "4x8x9; [4, 1, 3, 3]; [5]; [6, 4, 1, 1]",
            "expected a bias of [4], found [5]",
        ),
        (
            Op::ConvPair(Box::new(ConvPair {
                between: sum,
                ..separable(Window::square(3, 1), 4)
            })),
            "4x8x9; [4, 1, 3, 3]; [4]; [6, 4, 1, 1]",
            "expected an expression of one operand, found x + a",
        ),
        (
            Op::ConvPair(Box::new(expanded(Window::square(3, 1), 6))),
            "4x8x2; [6, 4, 1, 1]; [6]; [6, 1, 3, 3]",
            "a window of 3x3 does not fit into 6x8x2",
        ),
    ]);
}
