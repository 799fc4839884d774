//! Pairs of a depthwise convolution and one of 1x1: of one operation, and as the two layers that planning joins.

use menagerie::Result;
use menagerie::graph::{
    Activation, Conv2d, ConvPair, Op, Padding, Pointwise, Scope, ValueId, Window, image_network,
};
use menagerie::tensor::Shape;

use super::convolution::Convolution;
use super::{Case, fused};

/// Which convolution of a pair is the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    Depthwise,
    OfPixels,
}

/// A pair of convolutions, and what is computed behind it.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub first: First,
    /// Of the input and of the result.
    pub channels: [usize; 2],
    pub size: [usize; 2],
    /// Of the depthwise convolution.
    pub window: Window,
    pub biases: [bool; 2],
    pub between: Activation,
    pub activation: Activation,
}

impl Pair {
    fn new(first: First, channels: [usize; 2], size: [usize; 2], window: Window) -> Self {
        Self {
            first,
            channels,
            size,
            window,
            biases: [true; 2],
            between: Activation::Relu6,
            activation: Activation::Identity,
        }
    }

    fn separable(channels: [usize; 2], size: [usize; 2], window: Window) -> Self {
        Self::new(First::Depthwise, channels, size, window)
    }

    fn expanded(channels: [usize; 2], size: [usize; 2], window: Window) -> Self {
        Self::new(First::OfPixels, channels, size, window)
    }

    pub fn case(self, name: &'static str) -> Case {
        let channels = self.channels[0];
        let shape = Shape::new(channels, self.size[0], self.size[1]);
        let graph = image_network("case", shape, |net, x| {
            let result = self.op(net, x)?;
            net.activation("activation", result, self.activation)
        });
        Case::new(name, fused(graph, &["fuse_activation"], 1))
    }

    fn op(&self, net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
        let [channels, out_channels] = self.channels;
        let of_pixels = Conv2d {
            window: Window::square(1, 1),
            groups: 1,
        };
        let depthwise = |channels| Conv2d {
            window: self.window,
            groups: channels,
        };
        // Each with its numbers of channels.
        let [first, second] = match self.first {
            First::Depthwise => [
                (depthwise(channels), [channels, channels]),
                (of_pixels, [channels, out_channels]),
            ],
            First::OfPixels => [
                (of_pixels, [channels, out_channels]),
                (depthwise(out_channels), [out_channels, out_channels]),
            ],
        };
        let op = ConvPair {
            first: first.0,
            between: match self.between {
                Activation::Identity => Pointwise::identity(),
                between => between.expression(),
            },
            second: second.0,
        };
        let mut inputs = vec![Some(x)];
        for ((name, (conv, [from, to])), bias) in [("first", first), ("second", second)]
            .into_iter()
            .zip(self.biases)
        {
            let layer = net.at(name);
            inputs.push(Some(
                layer.parameter("weight", &conv.weight_dims(from, to))?,
            ));
            inputs.push(match bias {
                true => Some(layer.parameter("bias", &[to])?),
                false => None,
            });
        }
        let results = net.add_op("conv", Op::ConvPair(Box::new(op)), inputs)?;
        Ok(results[0])
    }
}

pub fn cases() -> Vec<Case> {
    let three = Window::square(3, 1).padded(1);
    let lopsided = Window {
        kernel: [5, 5],
        stride: [2, 1],
        dilation: [1, 2],
        padding: Padding {
            top: 0,
            left: 3,
            bottom: 2,
            right: 1,
        },
        ..three
    };
    vec![
        // 4 * 9 results of 9 multiply-adds, a bias and 2 comparisons, then 8 * 9 results of 4 multiply-adds and a bias.
        Pair::separable([4, 8], [3, 3], three)
            .case("a separable conv 3x3")
            .costing(
                36 * (18 + 1 + 2) + 72 * (8 + 1),
                36 + 72,
                4 * 9 + 4 + 8 * 4 + 8,
            ),
        Pair {
            between: Activation::HardSwish,
            activation: Activation::HardSwish,
            ..Pair::separable([10, 41], [9, 7], Window::square(3, 2).padded(1))
        }
        .case("a separable conv of odd channels and hard swish twice")
        .batch(3),
        Pair {
            activation: Activation::Silu,
            between: Activation::Identity,
            ..Pair::separable([36, 70], [8, 5], lopsided)
        }
        .case("a separable conv 5x5 of odd strides and silu")
        .batch(2),
        Pair {
            biases: [false; 2],
            between: Activation::Relu,
            ..Pair::separable([68, 3], [1, 1], three)
        }
        .case("a separable conv of a pixel without biases"),
        // 6 * 9 results of 4 multiply-adds, a bias and 2 comparisons, then as many of 9 multiply-adds and a bias.
        Pair::expanded([4, 6], [3, 3], three)
            .case("an expanded depthwise conv 3x3")
            .costing(
                54 * (8 + 1 + 2) + 54 * (18 + 1),
                36 + 54,
                6 * 4 + 6 + 6 * 9 + 6,
            ),
        Pair {
            between: Activation::Silu,
            activation: Activation::HardSwish,
            ..Pair::expanded([10, 41], [33, 31], Window::square(3, 2).padded(1))
        }
        .case("an expanded depthwise conv of odd channels, silu, stride 2 and hard swish")
        .batch(3),
        Pair {
            activation: Activation::Silu,
            between: Activation::Identity,
            ..Pair::expanded(
                [36, 70],
                [17, 30],
                Window {
                    padding: Padding {
                        top: 3,
                        left: 0,
                        bottom: 1,
                        right: 4,
                    },
                    ..Window::square(5, 1)
                },
            )
        }
        .case("an expanded depthwise conv 5x5 with lopsided borders and silu")
        .batch(2),
        Pair {
            biases: [false; 2],
            between: Activation::Relu,
            ..Pair::expanded([3, 68], [1, 1], Window::square(5, 2).padded(2))
        }
        .case("an expanded depthwise conv 5x5 of a pixel without biases"),
        // Layers that planning joins where this is faster.
        layers("a depthwise conv 3x3, a conv 1x1, a sum and relu", None).batch(2),
        layers(
            "batch norm, relu, a depthwise conv 3x3, a conv 1x1, a sum and relu",
            Some(Activation::Relu),
        )
        .batch(2),
        layers(
            "batch norm, hard swish, a depthwise conv 3x3, a conv 1x1, a sum and relu",
            Some(Activation::HardSwish),
        ),
        expansion("conv 1x1, relu6 and a depthwise conv 3x3", None).batch(2),
        expansion(
            "batch norm, relu, conv 1x1, relu6 and a depthwise conv 3x3",
            Some(Activation::Relu),
        ),
        expansion(
            "batch norm, hard swish, conv 1x1, relu6 and a depthwise conv 3x3",
            Some(Activation::HardSwish),
        ),
    ]
}

/// A depthwise convolution and one of pixels, with a batch normalisation and an activation in front or without.
fn layers(name: &'static str, normalised: Option<Activation>) -> Case {
    let depthwise = Convolution {
        bias: true,
        activation: Activation::Relu6,
        ..Convolution::depthwise(20, [9, 8], Window::square(3, 1).padded(1))
    };
    let conv = Convolution::dense([20, 33], [9, 8], Window::square(1, 1)).loaded();
    let graph = image_network("case", depthwise.input(), |net, x| {
        let before = normalised_or_not(net, x, normalised)?;
        let filtered = depthwise.layers(&net.at("depthwise"), before, x)?;
        conv.layers(net, filtered, x)
    });
    let passes = ["fuse_activation", "fuse_residual", "fuse_before"];
    Case::new(name, fused(graph, &passes, 3))
}

/// A convolution of pixels and a depthwise one, with a batch normalisation and an activation in front or without.
fn expansion(name: &'static str, normalised: Option<Activation>) -> Case {
    let conv = Convolution {
        bias: true,
        activation: Activation::Relu6,
        ..Convolution::dense([20, 44], [29, 16], Window::square(1, 1))
    };
    let depthwise = Convolution {
        bias: true,
        activation: Activation::Relu,
        ..Convolution::depthwise(44, [29, 16], Window::square(3, 2).padded(1))
    };
    let graph = image_network("case", conv.input(), |net, x| {
        let before = normalised_or_not(net, x, normalised)?;
        let expanded = conv.layers(&net.at("expand"), before, x)?;
        depthwise.layers(net, expanded, x)
    });
    Case::new(name, fused(graph, &["fuse_activation", "fuse_before"], 2))
}

fn normalised_or_not(net: &Scope<'_>, x: ValueId, function: Option<Activation>) -> Result<ValueId> {
    let Some(function) = function else {
        return Ok(x);
    };
    let normalised = net.batch_norm("bn", x, 1e-5)?;
    net.activation("bn.activation", normalised, function)
}

/// Layers of MobileNet v2, to be timed.
pub fn of_mobilenet() -> Vec<Case> {
    let three = |stride| Window::square(3, stride).padded(1);
    vec![
        Pair::separable([32, 16], [112, 112], three(1)).case("mobilenet_v2 separable"),
        Pair::expanded([16, 96], [112, 112], three(2)).case("mobilenet_v2 expanded"),
    ]
}
