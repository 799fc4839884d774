//! Depthwise separable convolutions: of one operation, and as the two layers that planning joins.

use menagerie::Result;
use menagerie::graph::{
    Activation, Op, Padding, Pointwise, Scope, SeparableConv2d, ValueId, Window, image_network,
};
use menagerie::tensor::Shape;

use super::convolution::Convolution;
use super::{Case, fused};

/// A depthwise separable convolution, and what is computed behind it.
#[derive(Clone, Copy, Debug)]
struct Separable {
    channels: [usize; 2],
    size: [usize; 2],
    window: Window,
    biases: [bool; 2],
    between: Activation,
    activation: Activation,
}

impl Separable {
    fn new(channels: [usize; 2], size: [usize; 2], window: Window) -> Self {
        Self {
            channels,
            size,
            window,
            biases: [true; 2],
            between: Activation::Relu6,
            activation: Activation::Identity,
        }
    }

    fn case(self, name: &'static str) -> Case {
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
        let [height, width] = self.window.kernel;
        let parameter = |layer: &str, kind, extents: &[usize]| {
            let layer = net.at(layer);
            layer.parameter(kind, extents)
        };
        let bias = |of: usize, layer: &str, channels| match self.biases[of] {
            true => parameter(layer, "bias", &[channels]).map(Some),
            false => Ok(None),
        };
        let op = SeparableConv2d {
            window: self.window,
            between: match self.between {
                Activation::Identity => Pointwise::identity(),
                between => between.expression(),
            },
        };
        let inputs = vec![
            Some(x),
            Some(parameter(
                "depthwise",
                "weight",
                &[channels, 1, height, width],
            )?),
            bias(0, "depthwise", channels)?,
            Some(parameter(
                "conv",
                "weight",
                &[out_channels, channels, 1, 1],
            )?),
            bias(1, "conv", out_channels)?,
        ];
        let results = net.add_op("conv", Op::SeparableConv2d(op), inputs)?;
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
        Separable::new([4, 8], [3, 3], three)
            .case("a separable conv 3x3")
            .costing(
                36 * (18 + 1 + 2) + 72 * (8 + 1),
                36 + 72,
                4 * 9 + 4 + 8 * 4 + 8,
            ),
        Separable {
            activation: Activation::HardSwish,
            ..Separable::new([10, 41], [9, 7], Window::square(3, 2).padded(1))
        }
        .case("a separable conv of odd channels and hard swish")
        .batch(3),
        Separable {
            activation: Activation::Silu,
            between: Activation::Identity,
            ..Separable::new([36, 70], [8, 5], lopsided)
        }
        .case("a separable conv 5x5 of odd strides and silu")
        .batch(2),
        Separable {
            biases: [false; 2],
            between: Activation::Relu,
            ..Separable::new([68, 3], [1, 1], three)
        }
        .case("a separable conv of a pixel without biases"),
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
        let before = match normalised {
            Some(function) => {
                let normalised = net.batch_norm("bn", x, 1e-5)?;
                net.activation("bn.activation", normalised, function)?
            }
            None => x,
        };
        let filtered = depthwise.layers(&net.at("depthwise"), before, x)?;
        conv.layers(net, filtered, x)
    });
    let passes = ["fuse_activation", "fuse_residual", "fuse_before"];
    Case::new(name, fused(graph, &passes, 3))
}

/// A layer of MobileNet, to be timed.
pub fn of_mobilenet(name: &'static str) -> Case {
    Separable::new([32, 16], [112, 112], Window::square(3, 1).padded(1)).case(name)
}
