//! Convolutions: dense, grouped, depthwise; any window; with and without bias and residual.

use menagerie::graph::{Activation, Conv2d, Graph, Op, Padding, Rounding, Window};
use menagerie::tensor::Shape;
use proptest::prelude::*;

use crate::case::{Case, activations, batches, check, check_all, parameter};
use crate::common::fit::fits;

/// How the channels are grouped.
#[derive(Clone, Copy, Debug)]
enum Grouping {
    /// So many groups of in and out channels.
    Groups {
        groups: usize,
        in_each: usize,
        out_each: usize,
    },
    Depthwise {
        channels: usize,
    },
}

#[derive(Clone, Copy, Debug)]
struct Setting {
    grouping: Grouping,
    size: [usize; 2],
    window: Window,
    bias: bool,
    residual: bool,
    activation: Activation,
    batch: usize,
}

impl Setting {
    /// None where the window does not fit.
    fn case(self) -> Option<Case> {
        let (groups, in_channels, out_channels) = match self.grouping {
            Grouping::Groups {
                groups,
                in_each,
                out_each,
            } => (groups, groups * in_each, groups * out_each),
            Grouping::Depthwise { channels } => (channels, channels, channels),
        };
        if !fits(&self.window, self.size) {
            return None;
        }
        let shape = Shape::new(in_channels, self.size[0], self.size[1]);
        let mut graph = Graph::new("case", shape);
        let conv = |graph: &mut Graph, name: &str, bias: bool, activation| {
            let kernel = self.window.kernel;
            let weight = [out_channels, in_channels / groups, kernel[0], kernel[1]];
            Op::Conv2d(Conv2d {
                window: self.window,
                in_channels,
                out_channels,
                groups,
                weight: parameter(graph, &format!("{name}.weight"), &weight),
                bias: bias.then(|| parameter(graph, &format!("{name}.bias"), &[out_channels])),
                activation,
            })
        };
        let mut inputs = vec![graph.input()];
        if self.residual {
            let op = conv(&mut graph, "other", false, Activation::Identity);
            inputs.push(graph.add_node("other", op, inputs.clone()).unwrap());
        }
        let op = conv(&mut graph, "conv", self.bias, self.activation);
        graph.add_node("conv", op, inputs).unwrap();
        Some(Case {
            graph,
            batch: self.batch,
        })
    }
}

fn pairs(most: usize) -> impl Strategy<Value = [usize; 2]> {
    (1..=most, 1..=most).prop_map(|(y, x)| [y, x])
}

fn windows(kernels: impl Strategy<Value = [usize; 2]>) -> impl Strategy<Value = Window> {
    let padding = (0..=3_usize, 0..=3_usize, 0..=3_usize, 0..=3_usize);
    (kernels, pairs(3), pairs(2), padding).prop_map(|(kernel, stride, dilation, sides)| Window {
        kernel,
        stride,
        dilation,
        padding: Padding {
            top: sides.0,
            left: sides.1,
            bottom: sides.2,
            right: sides.3,
        },
        rounding: Rounding::Floor,
    })
}

fn cases(groupings: impl Strategy<Value = Grouping>) -> impl Strategy<Value = Case> {
    cases_of(groupings, windows(pairs(5)))
}

fn cases_of(
    groupings: impl Strategy<Value = Grouping>,
    windows: impl Strategy<Value = Window>,
) -> impl Strategy<Value = Case> {
    let size = (1..=13_usize, 1..=13_usize).prop_map(|(height, width)| [height, width]);
    (
        groupings,
        size,
        windows,
        any::<bool>(),
        any::<bool>(),
        activations(),
        batches(),
    )
        .prop_filter_map(
            "the window does not fit",
            |(grouping, size, window, bias, residual, activation, batch)| {
                let setting = Setting {
                    grouping,
                    size,
                    window,
                    bias,
                    residual,
                    activation,
                    batch,
                };
                setting.case()
            },
        )
}

#[test]
fn dense_convolutions() {
    check_all(cases((1..=21_usize, 1..=45_usize).prop_map(
        |(in_each, out_each)| Grouping::Groups {
            groups: 1,
            in_each,
            out_each,
        },
    )));
}

#[test]
fn grouped_convolutions() {
    check_all(cases((2..=4_usize, 1..=9_usize, 1..=9_usize).prop_map(
        |(groups, in_each, out_each)| Grouping::Groups {
            groups,
            in_each,
            out_each,
        },
    )));
}

/// Groups of whole vectors stay apart; others are merged.
#[test]
fn aligned_groups() {
    check_all(cases((2..=3_usize, 1..=2_usize, 1..=9_usize).prop_map(
        |(groups, a, b)| Grouping::Groups {
            groups,
            in_each: 4 * a,
            out_each: 4 * b,
        },
    )));
}

#[test]
fn depthwise_convolutions() {
    check_all(cases(
        (2..=18_usize).prop_map(|channels| Grouping::Depthwise { channels }),
    ));
}

/// With a kernel of their own, where the stride is a multiple of the dilation.
#[test]
fn depthwise_convolutions_of_3x3() {
    check_all(cases_of(
        (2..=18_usize).prop_map(|channels| Grouping::Depthwise { channels }),
        windows(Just([3, 3])),
    ));
}

/// Fixed cases: the shapes of real stems and tails, of which random small ones are unlike.
pub fn fixed() -> Vec<Case> {
    let setting = |grouping, side, kernel, stride, padding| {
        let mut window = Window::square(kernel, stride);
        window.padding = Padding::all(padding);
        Setting {
            grouping,
            size: [side, side],
            window,
            bias: true,
            residual: true,
            activation: Activation::Relu,
            batch: 1,
        }
    };
    let dense = |in_each, out_each| Grouping::Groups {
        groups: 1,
        in_each,
        out_each,
    };
    [
        setting(dense(3, 64), 61, 7, 2, 3),
        setting(dense(256, 128), 7, 1, 1, 0),
        setting(dense(96, 72), 14, 3, 1, 1),
        setting(dense(16, 40), 5, 5, 1, 0),
        // Its filters are packed in parts.
        setting(dense(520, 40), 4, 3, 1, 1),
        setting(Grouping::Depthwise { channels: 96 }, 23, 3, 2, 1),
    ]
    .map(|setting| setting.case().expect("a window that fits"))
    .to_vec()
}

#[test]
fn real_shapes() {
    for case in fixed() {
        check(&case).unwrap();
    }
}
