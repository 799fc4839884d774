//! Transposed convolutions.

use menagerie::graph::{Activation, ConvTranspose2d, Op, Padding, Rounding, Window, image_network};
use menagerie::tensor::Shape;

use super::{Case, fused, weighted};

/// A transposed convolution, and what is computed behind it.
#[derive(Clone, Copy, Debug)]
pub struct Transposed {
    pub groups: usize,
    /// Input channels of each group.
    pub in_each: usize,
    /// Output channels of each group.
    pub out_each: usize,
    /// Height and width of the input.
    pub size: [usize; 2],
    pub window: Window,
    pub output_padding: [usize; 2],
    pub bias: bool,
    pub activation: Activation,
}

impl Transposed {
    /// A graph of a single node.
    pub fn case(self, name: &'static str) -> Case {
        let [height, width] = self.size;
        let in_channels = self.groups * self.in_each;
        let out_channels = self.groups * self.out_each;
        let shape = Shape::new(in_channels, height, width);
        let graph = image_network("case", shape, |net, x| {
            let op = ConvTranspose2d {
                window: self.window,
                output_padding: self.output_padding,
                groups: self.groups,
            };
            let weight = op.weight_dims(in_channels, out_channels);
            let bias = self.bias.then_some(out_channels);
            let x = weighted(net, "up", Op::ConvTranspose2d(op), x, &weight, bias)?;
            net.activation("activation", x, self.activation)
        });
        Case::new(name, fused(graph, &["fuse_activation"], 1))
    }
}

pub fn cases() -> Vec<Case> {
    let plain = Transposed {
        groups: 1,
        in_each: 2,
        out_each: 3,
        size: [3, 3],
        window: Window::square(2, 2),
        output_padding: [0, 0],
        bias: true,
        activation: Activation::Identity,
    };
    let lopsided = Window {
        kernel: [3, 2],
        stride: [2, 1],
        dilation: [1, 2],
        padding: Padding {
            top: 1,
            left: 0,
            bottom: 0,
            right: 2,
        },
        rounding: Rounding::Floor,
    };
    vec![
        // 18 values go to 4 taps of 3 channels each; 3 * 6 * 6 = 108 results have a bias.
        plain
            .case("transposed 2x2")
            .costing(18 * 4 * 3 * 2 + 108, 18 + 108, 24 + 3),
        Transposed {
            in_each: 5,
            out_each: 7,
            size: [4, 5],
            window: lopsided,
            output_padding: [1, 1],
            activation: Activation::Relu6,
            ..plain
        }
        .case("transposed of odd channels with a lopsided window")
        .batch(3),
        Transposed {
            groups: 2,
            in_each: 4,
            out_each: 8,
            bias: false,
            ..plain
        }
        .case("transposed in groups of quads"),
        Transposed { groups: 3, ..plain }.case("transposed in groups that share quads"),
        // U-Net's shapes, of which random small ones are unlike.
        Transposed {
            in_each: 128,
            out_each: 64,
            size: [12, 9],
            activation: Activation::Relu,
            ..plain
        }
        .case("transposed of many channels"),
    ]
}
