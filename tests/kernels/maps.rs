//! Operations that change the size of maps, and normalisation across channels.

use menagerie::graph::{
    Activation, ConvTranspose2d, Crop, Graph, Interpolation, LocalResponseNorm, Op, Padding,
    Resize, Rounding, Window,
};
use menagerie::tensor::Shape;
use proptest::prelude::*;

use crate::case::{Case, activations, batches, check, check_all, parameter, shapes, unary};
use crate::common::fit::leaves_something;

#[derive(Clone, Copy, Debug)]
struct Transposed {
    groups: usize,
    in_each: usize,
    out_each: usize,
    size: [usize; 2],
    window: Window,
    output_padding: [usize; 2],
    bias: bool,
    activation: Activation,
    batch: usize,
}

impl Transposed {
    /// None where the border is all there is.
    fn case(self) -> Option<Case> {
        if !leaves_something(&self.window, self.size, self.output_padding) {
            return None;
        }
        let (groups, out_each) = (self.groups, self.out_each);
        let (in_channels, out_channels) = (groups * self.in_each, groups * out_each);
        let [height, width] = self.size;
        let mut graph = Graph::new("case", Shape::new(in_channels, height, width));
        let [kernel_height, kernel_width] = self.window.kernel;
        let weight = [in_channels, out_each, kernel_height, kernel_width];
        let op = ConvTranspose2d {
            window: self.window,
            output_padding: self.output_padding,
            in_channels,
            out_channels,
            groups,
            weight: parameter(&mut graph, "up.weight", &weight),
            bias: (self.bias).then(|| parameter(&mut graph, "up.bias", &[out_channels])),
            activation: self.activation,
        };
        let input = graph.input();
        let op = Op::ConvTranspose2d(op);
        graph.add_node("up", op, vec![input]).unwrap();
        let batch = self.batch;
        Some(Case { graph, batch })
    }
}

fn transposed(channels: impl Strategy<Value = [usize; 3]>) -> impl Strategy<Value = Case> {
    let pairs = |most: usize| (1..=most, 1..=most).prop_map(|(y, x)| [y, x]);
    let sides = (0..=3_usize, 0..=3_usize, 0..=3_usize, 0..=3_usize);
    let padding = sides.prop_map(|(top, left, bottom, right)| Padding {
        top,
        left,
        bottom,
        right,
    });
    let window =
        (pairs(5), pairs(3), pairs(2), padding).prop_map(|(kernel, stride, dilation, padding)| {
            Window {
                kernel,
                stride,
                dilation,
                padding,
                rounding: Rounding::Floor,
            }
        });
    let extra = (0..=2_usize, 0..=2_usize);
    let details = (any::<bool>(), activations(), batches());
    (channels, pairs(11), window, extra, details).prop_filter_map(
        "the border is all there is",
        |([groups, in_each, out_each], size, window, extra, (bias, activation, batch))| {
            let less =
                |axis: usize, extra: usize| extra % window.stride[axis].max(window.dilation[axis]);
            let setting = Transposed {
                groups,
                in_each,
                out_each,
                size,
                window,
                output_padding: [less(0, extra.0), less(1, extra.1)],
                bias,
                activation,
                batch,
            };
            setting.case()
        },
    )
}

#[test]
fn transposed_convolutions() {
    let channels = (1..=21_usize, 1..=45_usize);
    check_all(transposed(channels.prop_map(|(from, to)| [1, from, to])));
}

#[test]
fn grouped_transposed_convolutions() {
    let channels = (2..=4_usize, 1..=9_usize, 1..=9_usize);
    check_all(transposed(
        channels.prop_map(|(groups, a, b)| [groups, a, b]),
    ));
}

/// Groups of whole vectors stay apart; others are merged.
#[test]
fn aligned_groups_of_transposed_convolutions() {
    let channels = (2..=3_usize, 1..=2_usize, 1..=9_usize);
    check_all(transposed(
        channels.prop_map(|(groups, a, b)| [groups, 4 * a, 4 * b]),
    ));
}

fn interpolations() -> impl Strategy<Value = Interpolation> {
    prop_oneof![
        Just(Interpolation::Nearest),
        any::<bool>().prop_map(|align_corners| Interpolation::Bilinear { align_corners }),
    ]
}

#[test]
fn resizes() {
    let sizes = (1..=23_usize, 1..=23_usize);
    check_all((shapes(), sizes, interpolations(), batches()).prop_map(
        |(shape, (height, width), interpolation, batch)| {
            let op = Resize {
                height,
                width,
                interpolation,
            };
            unary(Op::Resize(op), shape, batch)
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
            unary(Op::Crop(Crop { border }), shape, batch)
        }),
    );
}

#[test]
fn local_response_norms() {
    let sizes = (0..=6_usize).prop_map(|half| 2 * half + 1);
    let powers = prop_oneof![Just(0.75), Just(0.5), Just(1.0)];
    check_all((shapes(), sizes, 0.0..2.0, powers, batches()).prop_map(
        |(shape, size, alpha, beta, batch)| {
            let op = LocalResponseNorm {
                size,
                alpha,
                beta,
                k: 1.0,
            };
            unary(Op::LocalResponseNorm(op), shape, batch)
        },
    ));
}

/// Fixed cases: U-Net's and AlexNet's shapes, of which random small ones are unlike.
pub fn fixed() -> Vec<Case> {
    let shape = Shape::new(96, 13, 11);
    let up = Transposed {
        groups: 1,
        in_each: 128,
        out_each: 64,
        size: [12, 9],
        window: Window::square(2, 2),
        output_padding: [0, 0],
        bias: true,
        activation: Activation::Relu,
        batch: 1,
    };
    let resize = |interpolation| Resize {
        height: 26,
        width: 22,
        interpolation,
    };
    let bilinear = |align_corners| Interpolation::Bilinear { align_corners };
    let norm = LocalResponseNorm {
        size: 5,
        alpha: 1e-4,
        beta: 0.75,
        k: 2.0,
    };
    let border = Padding {
        top: 1,
        left: 2,
        bottom: 0,
        right: 3,
    };
    let mut cases: Vec<Case> = [
        Op::Resize(resize(bilinear(true))),
        Op::Resize(resize(bilinear(false))),
        Op::Resize(resize(Interpolation::Nearest)),
        Op::Crop(Crop { border }),
        Op::LocalResponseNorm(norm),
    ]
    .map(|op| unary(op, shape, 1))
    .to_vec();
    cases.push(up.case().expect("more than a border"));
    cases
}

#[test]
fn real_shapes() {
    for case in fixed() {
        check(&case).unwrap();
    }
}
