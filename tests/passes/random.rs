//! Random graphs: any operation behind any other, with shortcuts, second readers and branches.

use menagerie::graph::{Activation, NodeId, Op, Padding, Rounding, Window};
use menagerie::tensor::Shape;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::net::Net;

/// Larger images are left alone, so that a case takes no time.
const MOST_VALUES: usize = 1024;

/// One more node, as numbers that [`grow`] makes sense of whatever the graph so far.
#[derive(Clone, Debug)]
pub struct Step {
    kind: usize,
    /// How far back the input is; mostly right before.
    back: usize,
    /// How far back the search for a second input starts.
    other: usize,
    size: usize,
}

/// Runs `test` over `cases` random lists of steps, the same ones each time. What fails is made smaller.
#[track_caller]
pub fn over_random_steps(cases: u32, test: impl Fn(&[Step])) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, rng).run(&steps(), |steps| {
        test(&steps);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let back = prop_oneof![4 => Just(0usize), 1 => 1..5usize];
    let step =
        (0..16usize, back, 0..5usize, 0..4usize).prop_map(|(kind, back, other, size)| Step {
            kind,
            back,
            other,
            size,
        });
    prop::collection::vec(step, 2..16)
}

/// The graph that `steps` describe. A step that fits nowhere is left out.
pub fn grow(steps: &[Step]) -> Net {
    let mut net = Net::new(4, 5, 6);
    for (index, step) in steps.iter().enumerate() {
        let last = net.graph.nodes().len() - 1;
        let x = at(&net, last.saturating_sub(step.back));
        let shape = net.graph.node(x).shape;
        if shape.elements() <= MOST_VALUES {
            let other = at(&net, last.saturating_sub(step.other));
            add(&mut net, &format!("{index}"), step, x, shape, other);
        }
    }
    net
}

/// As [`grow`], but of convolutions, activations, sums and concats alone, which all keep height and width.
pub fn grow_branches(steps: &[Step]) -> Net {
    const KINDS: [usize; 6] = [0, 1, 5, 7, 11, 11];
    let mut steps = steps.to_vec();
    for step in &mut steps {
        step.kind = KINDS[step.kind % KINDS.len()];
    }
    grow(&steps)
}

fn at(net: &Net, index: usize) -> NodeId {
    net.graph.iter().nth(index).unwrap().0
}

fn add(net: &mut Net, name: &str, step: &Step, x: NodeId, shape: Shape, other: NodeId) {
    let size = step.size;
    let kernel = if size.is_multiple_of(2) { 1 } else { 3 };
    let border = Padding {
        top: size % 2,
        left: size / 2,
        bottom: 1,
        right: size % 2,
    };
    match step.kind {
        0 | 1 => {
            net.conv(name, x, [4, 8, 3, 4][size], kernel);
        }
        2 => {
            let groups = shape.channels;
            net.conv_with(name, &[x], groups, kernel, |conv| {
                conv.groups = groups;
                conv.window.padding = Padding::all(1);
                conv.bias = None;
            });
        }
        3 | 4 => {
            net.norm(name, x);
        }
        5 => {
            net.relu(name, x);
        }
        6 => {
            let activations = [Activation::Relu6, Activation::Identity];
            net.add_op(name, Op::Activation(activations[size % 2]), &[x]);
        }
        // A convolution makes the sum possible wherever there is no other result of that shape.
        7 | 8 => {
            let same = net.graph.node(other).shape == shape;
            let other = if same && other != x {
                other
            } else {
                net.conv(&format!("{name}.conv"), x, shape.channels, kernel)
            };
            match size {
                0 => net.scaled_add(name, x, other, 0.25),
                1 => net.scaled_add(name, other, x, 0.25),
                _ => net.add(name, x, other),
            };
        }
        9 => {
            net.pad(name, x, border);
        }
        10 => pool(net, name, size, x, shape),
        11 => {
            let beside = net.graph.node(other).shape;
            let other = if (beside.height, beside.width) == (shape.height, shape.width) {
                other
            } else {
                net.conv(&format!("{name}.conv"), x, 4, kernel)
            };
            net.concat(name, &[x, other]);
        }
        12 => {
            net.dropout(name, x);
        }
        13 | 14 => {
            let size = [[shape.height, shape.width], [3, 4]][size / 2];
            net.adaptive_pool(name, x, size);
        }
        _ if size == 0 => {
            net.global_pool(name, x);
        }
        _ => {
            let x = net.flatten(&format!("{name}.flatten"), x);
            net.linear(name, x, [4, 8, 3, 4][size]);
        }
    }
}

fn pool(net: &mut Net, name: &str, size: usize, x: NodeId, shape: Shape) {
    let window = Window {
        padding: Padding::all(size % 2),
        rounding: if size < 2 {
            Rounding::Floor
        } else {
            Rounding::Ceil
        },
        ..Window::square(3, 1 + size % 2)
    };
    if shape.height < 3 || shape.width < 3 {
        return;
    }
    match size {
        0 => net.max_pool(name, x, window),
        1 => net.average_pool(name, x, window, true),
        _ => net.average_pool(name, x, window, size == 3),
    };
}
