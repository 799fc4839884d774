//! A pair of convolutions, against results worked out by hand.

use menagerie::graph::{Activation, Conv2d, ConvPair, Op, Window};

use crate::common::operation::{evaluate_one, expect_all, parameter, tensor};

#[test]
fn both_convolutions_and_what_is_between() {
    let depthwise = Conv2d {
        window: Window {
            kernel: [1, 2],
            ..Window::square(1, 1)
        },
        groups: 2,
    };
    let of_pixels = Conv2d {
        window: Window::square(1, 1),
        groups: 1,
    };
    let op = Op::ConvPair(Box::new(ConvPair {
        first: depthwise,
        between: Activation::Relu.expression(),
        second: of_pixels,
    }));
    let expanded = Op::ConvPair(Box::new(ConvPair {
        first: of_pixels,
        between: Activation::Relu.expression(),
        second: depthwise,
    }));
    let x = tensor(1, [2, 1, 3], &[1.0, -1.0, 2.0, 2.0, 3.0, 0.5]);
    let depthwise = parameter(&[2, 1, 1, 2], &[2.0, 1.0, -1.0, 2.0]);
    let depthwise_bias = parameter(&[2], &[0.5, -3.0]);
    let weight = parameter(&[1, 2, 1, 1], &[10.0, 1.0]);
    let bias = parameter(&[1], &[0.25]);
    let all = [
        Some(&depthwise),
        Some(&depthwise_bias),
        Some(&weight),
        Some(&bias),
    ];
    let single = tensor(1, [1, 1, 3], &[1.0, -1.0, 2.0]);
    let weight_of_expansion = parameter(&[2, 1, 1, 1], &[1.0, -2.0]);
    let expansion = [
        Some(&weight_of_expansion),
        Some(&depthwise_bias),
        Some(&depthwise),
        None,
    ];
    expect_all(vec![
        (
            // 2 - 1 + 0.5 and -2 + 2 + 0.5; -2 + 6 - 3 and -3 + 1 - 3, which relu clears.
            "with biases",
            evaluate_one(&op, &[&x], &all),
            tensor(1, [1, 1, 2], &[15.0 + 1.0 + 0.25, 5.0 + 0.0 + 0.25]),
        ),
        (
            "without",
            evaluate_one(&op, &[&x], &[Some(&depthwise), None, Some(&weight), None]),
            tensor(1, [1, 1, 2], &[10.0 + 4.0, 0.0]),
        ),
        (
            // Between are 1.5, -0.5, 2.5 and -5, -1, -7, of which relu clears all that are negative.
            "of pixels first",
            evaluate_one(&expanded, &[&single], &expansion),
            tensor(1, [2, 1, 2], &[3.0, 2.5, 0.0, 0.0]),
        ),
    ]);
}
