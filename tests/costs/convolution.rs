//! Convolutions, and transposed ones.

use menagerie::graph::{Activation, Conv2d, ConvTranspose2d, Graph, Op, Window};

use crate::case::{Case, parameter};

pub fn cases(graph: &mut Graph) -> Vec<Case> {
    vec![
        // 8 * 5 * 4 = 160 results of 3 * 3 * 3 = 27 multiply-adds, a bias and a comparison; 8 * 27 + 8
        // parameters.
        Case {
            op: Op::Conv2d(Conv2d {
                window: Window::square(3, 1).padded(1),
                in_channels: 3,
                out_channels: 8,
                groups: 1,
                weight: parameter(graph, &[8, 3, 3, 3]),
                bias: Some(parameter(graph, &[8])),
                activation: Activation::Relu,
            }),
            inputs: &[[3, 5, 4]],
            flops: 160 * (2 * 27 + 1 + 1),
            activations: 60 + 160,
            parameters: 216 + 8,
        },
        // Two groups: each of 6 * 2 * 3 = 36 results sees 2 channels; then the residual and two
        // comparisons.
        Case {
            op: Op::Conv2d(Conv2d {
                window: Window::square(1, 1),
                in_channels: 4,
                out_channels: 6,
                groups: 2,
                weight: parameter(graph, &[6, 2, 1, 1]),
                bias: None,
                activation: Activation::Relu6,
            }),
            inputs: &[[4, 2, 3], [6, 2, 3]],
            flops: 36 * (2 * 2 + 1 + 2),
            activations: 24 + 36 + 36,
            parameters: 12,
        },
        // Depthwise, stride 2: 4 * 3 * 3 = 36 results of 9 multiply-adds.
        Case {
            op: Op::Conv2d(Conv2d {
                window: Window::square(3, 2).padded(1),
                in_channels: 4,
                out_channels: 4,
                groups: 4,
                weight: parameter(graph, &[4, 1, 3, 3]),
                bias: None,
                activation: Activation::Identity,
            }),
            inputs: &[[4, 5, 5]],
            flops: 36 * 2 * 9,
            activations: 100 + 36,
            parameters: 36,
        },
        // 18 values go to 4 taps of 3 channels each; 3 * 6 * 6 = 108 results have a bias.
        Case {
            op: Op::ConvTranspose2d(ConvTranspose2d {
                window: Window::square(2, 2),
                output_padding: [0, 0],
                in_channels: 2,
                out_channels: 3,
                groups: 1,
                weight: parameter(graph, &[2, 3, 2, 2]),
                bias: Some(parameter(graph, &[3])),
                activation: Activation::Identity,
            }),
            inputs: &[[2, 3, 3]],
            flops: 18 * 4 * 3 * 2 + 108,
            activations: 18 + 108,
            parameters: 24 + 3,
        },
    ]
}
