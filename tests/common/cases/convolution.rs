//! Convolutions: dense, grouped, depthwise; any window; with and without bias and residual.

use menagerie::Result;
use menagerie::graph::{
    Activation, Conv2d, Graph, Op, Padding, Rounding, Scope, ValueId, Window, image_network,
};
use menagerie::tensor::Shape;

use super::{Case, fused, weighted};

/// A convolution, and what is computed behind it.
#[derive(Clone, Copy, Debug)]
pub struct Convolution {
    pub groups: usize,
    /// Input channels of each group.
    pub in_each: usize,
    /// Output channels of each group.
    pub out_each: usize,
    /// Height and width of the input.
    pub size: [usize; 2],
    pub window: Window,
    pub bias: bool,
    pub residual: bool,
    pub activation: Activation,
}

impl Convolution {
    /// Of all channels, with nothing behind it.
    pub fn dense([in_each, out_each]: [usize; 2], size: [usize; 2], window: Window) -> Self {
        Self {
            groups: 1,
            in_each,
            out_each,
            size,
            window,
            bias: false,
            residual: false,
            activation: Activation::Identity,
        }
    }

    /// Of each channel by itself.
    pub fn depthwise(channels: usize, size: [usize; 2], window: Window) -> Self {
        Self {
            groups: channels,
            ..Self::dense([1, 1], size, window)
        }
    }

    /// With everything that a kernel can do behind it.
    pub fn loaded(self) -> Self {
        Self {
            bias: true,
            residual: true,
            activation: Activation::Relu,
            ..self
        }
    }

    pub fn biased(self) -> Self {
        Self { bias: true, ..self }
    }

    /// A graph in which the last node is all of it.
    pub fn case(self, name: &'static str) -> Case {
        let graph = image_network("case", self.input(), |net, x| self.layers(net, x, x));
        let nodes = 1 + usize::from(self.residual);
        Case::new(
            name,
            fused(graph, &["fuse_activation", "fuse_residual"], nodes),
        )
    }

    /// Shape of the images that it takes.
    pub fn input(&self) -> Shape {
        let [height, width] = self.size;
        Shape::new(self.groups * self.in_each, height, width)
    }

    /// The convolution of `x` and what is behind it, where the residual is made of `beside`.
    pub fn layers(&self, net: &Scope<'_>, x: ValueId, beside: ValueId) -> Result<ValueId> {
        let other = match self.residual {
            true => Some(self.conv(net, "other", beside, false)?),
            false => None,
        };
        let mut x = self.conv(net, "conv", x, self.bias)?;
        if let Some(other) = other {
            x = net.add("add", x, other)?;
        }
        net.activation("activation", x, self.activation)
    }

    fn conv(&self, net: &Scope<'_>, name: &str, x: ValueId, bias: bool) -> Result<ValueId> {
        let (window, groups) = (self.window, self.groups);
        let op = Conv2d { window, groups };
        let out_channels = groups * self.out_each;
        let weight = op.weight_dims(groups * self.in_each, out_channels);
        let bias = bias.then_some(out_channels);
        weighted(net, name, Op::Conv2d(op), x, &weight, bias)
    }
}

/// A 1x1 convolution to so many channels: another tensor of the same size.
pub fn mixed(net: &Scope<'_>, name: &str, x: ValueId, channels: usize) -> Result<ValueId> {
    let op = Conv2d {
        window: Window::square(1, 1),
        groups: 1,
    };
    let weight = op.weight_dims(net.shape(x)?.channels, channels);
    weighted(net, name, Op::Conv2d(op), x, &weight, None)
}

/// A window that is the same along no two sides.
pub fn lopsided() -> Window {
    Window {
        kernel: [3, 2],
        stride: [1, 2],
        dilation: [2, 1],
        padding: Padding {
            top: 0,
            left: 1,
            bottom: 3,
            right: 2,
        },
        rounding: Rounding::Floor,
    }
}

pub fn cases() -> Vec<Case> {
    [by_hand(), odd(), real()].concat()
}

fn by_hand() -> Vec<Case> {
    let three = |stride| Window::square(3, stride).padded(1);
    let pixels = image_network("case", Shape::new(6, 3, 5), |net, x| {
        net.linear_of_pixels("fc", x, 7)
    });
    vec![
        Case::new("linear layer of pixels", pixels)
            .batch(3)
            .costing(15 * (2 * 6 * 7 + 7), 15 * (6 + 7), 6 * 7 + 7),
        // 8 * 5 * 4 = 160 results of 3 * 3 * 3 = 27 multiply-adds, a bias and a comparison; 8 * 27 + 8 parameters.
        Convolution {
            activation: Activation::Relu,
            ..Convolution::dense([3, 8], [5, 4], three(1)).biased()
        }
        .case("conv 3x3")
        .costing(160 * (2 * 27 + 1 + 1), 60 + 160, 216 + 8),
        // Two groups: each of 6 * 2 * 3 = 36 results sees 2 channels; then the residual and two comparisons.
        Convolution {
            groups: 2,
            residual: true,
            activation: Activation::Relu6,
            ..Convolution::dense([2, 3], [2, 3], Window::square(1, 1))
        }
        .case("conv 1x1 in two groups, with a residual")
        .costing(36 * (2 * 2 + 1 + 2), 24 + 36 + 36, 12),
        // 4 * 3 * 3 = 36 results of 9 multiply-adds.
        Convolution::depthwise(4, [5, 5], three(2))
            .case("depthwise 3x3 stride 2")
            .costing(36 * 2 * 9, 100 + 36, 36),
        // The window is the whole input: 5 results of 2 * 3 * 3 multiply-adds and a bias.
        Convolution::dense([2, 5], [3, 3], Window::square(3, 1))
            .biased()
            .case("conv of all there is")
            .costing(5 * (2 * 18 + 1), 18 + 5, 90 + 5),
    ]
}

/// Channels, groups and borders that fill no quads and are like no network's.
fn odd() -> Vec<Case> {
    let three = Window::square(3, 1).padded(1);
    let grouped = |groups, each| Convolution {
        groups,
        ..Convolution::dense(each, [5, 6], three)
    };
    vec![
        Convolution::dense([7, 9], [6, 7], lopsided())
            .loaded()
            .case("conv of odd channels with a lopsided window")
            .batch(3),
        grouped(3, [4, 8]).loaded().case("conv in groups of quads"),
        grouped(2, [3, 5])
            .loaded()
            .case("conv in groups that share quads"),
        grouped(5, [1, 2]).case("conv of two filters a channel"),
        grouped(7, [3, 5])
            .loaded()
            .case("conv in odd groups that share quads"),
        Convolution {
            groups: 9,
            ..Convolution::dense([4, 8], [11, 19], Window::square(3, 2).padded(1))
        }
        .loaded()
        .case("conv in groups of quads with a stride")
        .batch(2),
        Convolution {
            groups: 3,
            window: Window {
                dilation: [2, 2],
                ..Window::square(3, 1).padded(2)
            },
            ..Convolution::dense([8, 4], [6, 17], three)
        }
        .biased()
        .case("conv in groups of quads, dilated"),
        Convolution::depthwise(7, [6, 7], lopsided())
            .loaded()
            .case("depthwise of odd channels with a lopsided window")
            .batch(3),
        Convolution::depthwise(9, [8, 7], Window::square(5, 1).padded(2))
            .biased()
            .case("depthwise 5x5"),
        Convolution::dense([5, 3], [1, 1], three)
            .loaded()
            .case("conv of a pixel, mostly of its border"),
    ]
}

/// The shapes of real stems and tails, of which random small ones are unlike.
fn real() -> Vec<Case> {
    let window = |kernel, stride, padding| Window::square(kernel, stride).padded(padding);
    let dense = |channels, side, window| Convolution::dense(channels, [side; 2], window).loaded();
    vec![
        dense([3, 64], 61, window(7, 2, 3)).case("stem"),
        dense([256, 128], 7, window(1, 1, 0)).case("conv 1x1 of many channels"),
        dense([96, 72], 14, window(3, 1, 1)).case("conv 3x3 of many channels"),
        dense([16, 40], 5, window(5, 1, 0)).case("conv of all of many channels"),
        dense([520, 40], 4, window(3, 1, 1)).case("conv whose filters are packed in parts"),
        Convolution::depthwise(96, [23; 2], window(3, 2, 1))
            .loaded()
            .case("depthwise of many channels"),
    ]
}

/// The convolution of `shape` as networks have it, with a bias.
pub fn layer(shape: Shape, out_channels: usize, window: Window, groups: usize) -> Result<Graph> {
    Graph::convolution(shape, out_channels, window, groups, true)
}
