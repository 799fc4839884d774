//! Random graphs: any operation behind any other, with shortcuts, second readers and branches.

use menagerie::graph::{
    Activation, Function, Number, Op, PRelu, Padding, Pointwise, Rounding, Split, ValueId, Window,
};
use menagerie::tensor::Shape;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::net::Net;

/// Larger images are left alone, so that a case takes no time.
const MAX_VALUES: usize = 1024;

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
        (0..26usize, back, 0..5usize, 0..4usize).prop_map(|(kind, back, other, size)| Step {
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
        let last = net.values().len() - 1;
        let x = at(&net, last.saturating_sub(step.back));
        let shape = net.shape(x);
        if shape.elements() <= MAX_VALUES {
            let other = at(&net, last.saturating_sub(step.other));
            add(&mut net, &format!("{index}"), step, x, shape, other);
        }
    }
    net
}

fn at(net: &Net, index: usize) -> ValueId {
    net.values()[index]
}

fn add(net: &mut Net, name: &str, step: &Step, x: ValueId, shape: Shape, other: ValueId) {
    let size = step.size;
    let kernel = if size.is_multiple_of(2) { 1 } else { 3 };
    let border = Padding {
        top: size % 2,
        left: size / 2,
        bottom: 1,
        right: size % 2,
    };
    // What only images can go through is left to them; vectors go through linear layers.
    let kind = match (step.kind, net.is_vector(x)) {
        (0..=2 | 9 | 10 | 13 | 14 | 17 | 19..=23 | 25, true) => 18,
        (kind, _) => kind,
    };
    match kind {
        0 | 1 => {
            net.conv(name, x, [4, 8, 3, 4][size], kernel);
        }
        2 => {
            let groups = shape.channels;
            net.conv_with(name, x, groups, kernel, |filters| {
                filters.groups = groups;
                filters.window.padding = Padding::all(1);
                filters.bias = false;
            });
        }
        3 | 4 => {
            net.norm(name, x);
        }
        5 => {
            net.relu(name, x);
        }
        6 => {
            let activations = [
                Activation::Relu6,
                Activation::Identity,
                Activation::Silu,
                Activation::Elu { alpha: Number(0.5) },
            ];
            net.activation(name, x, activations[size]);
        }
        // A branch makes the sum possible wherever there is no other result of that shape.
        7 | 8 => {
            let same = net.shape(other) == shape && net.is_vector(other) == net.is_vector(x);
            let other = if same && other != x {
                other
            } else {
                branch(net, name, x, shape.channels, kernel)
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
            let beside = net.shape(other);
            let same = net.is_vector(other) == net.is_vector(x);
            let other = if same && (beside.height, beside.width) == (shape.height, shape.width) {
                other
            } else {
                branch(net, name, x, 4, kernel)
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
        // As networks do it that normalise what goes into a convolution, not what comes out.
        15 if !net.is_vector(x) => {
            let mut x = net.norm(&format!("{name}.norm"), x);
            if size < 2 {
                x = net.relu(&format!("{name}.relu"), x);
            }
            net.conv(name, x, [4, 8, 3, 4][size], kernel);
        }
        // Halves the other way round.
        16 if shape.channels.is_multiple_of(2) => {
            let half = shape.channels / 2;
            let channels = vec![half; 2];
            let first = net.add_op(
                &format!("{name}.split"),
                Op::Split(Split { channels }),
                &[x],
            );
            let second = *net.values().last().unwrap();
            net.concat(name, &[second, first]);
        }
        // A gate for each channel, or a slope for each value below zero.
        17 if size < 2 => {
            let gate = net.parameter(&format!("{name}.gate"), &[shape.channels, 1, 1]);
            let product = Pointwise::operand(0).times(&Pointwise::operand(1));
            net.add_op(name, Op::Pointwise(product), &[x, gate]);
        }
        17 => {
            let slope = net.parameter(&format!("{name}.weight"), &[shape.channels, 1, 1]);
            net.add_op(name, Op::PRelu(PRelu), &[x, slope]);
        }
        19 | 20 => {
            let axes = [[1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2]][size];
            net.transpose(name, x, axes);
        }
        21 => {
            net.mean(name, x, size % 3);
        }
        22 => layer_norm(net, name, x, size % 3),
        // As files have a batch normalisation.
        23 => {
            let x = net.conv(&format!("{name}.conv"), x, [4, 8, 3, 4][size], kernel);
            let channels = [net.shape(x).channels, 1, 1];
            let parts =
                ["scale", "shift"].map(|part| net.parameter(&format!("{name}.{part}"), &channels));
            let [x0, scale, shift] = [0, 1, 2].map(Pointwise::operand);
            net.add_op(
                name,
                Op::Pointwise(x0.times(&scale).plus(&shift)),
                &[x, parts[0], parts[1]],
            );
        }
        // An activation in two steps.
        24 => {
            let (a, b) = (Pointwise::operand(0), Pointwise::operand(1));
            let six = Pointwise::constant(6.0);
            let gate = match size {
                0 => Activation::Sigmoid.expression(),
                1 => a.plus(&Pointwise::constant(3.0)).clamp(0.0, 6.0),
                2 => Activation::Softplus.expression().unary(Function::Tanh),
                _ => a.unary(Function::Abs),
            };
            let gate = net.add_op(&format!("{name}.gate"), Op::Pointwise(gate), &[x]);
            let product = if size == 1 {
                a.times(&b).over(&six)
            } else {
                b.times(&a)
            };
            net.add_op(name, Op::Pointwise(product), &[x, gate]);
        }
        // As a product with tokens has it: an image of one row, one of one column, a bias, and the image again.
        25 => {
            let part = |part: &str| format!("{name}.{part}");
            let Shape {
                channels,
                height,
                width,
            } = shape;
            let row = net.reshape(&part("row"), x, &[channels, 1, height * width]);
            let row = net.conv(&part("conv"), row, 4, 1);
            let tokens = net.reshape(&part("tokens"), row, &[4, height * width, 1]);
            let bias = net.parameter(&part("bias"), &[4, 1, 1]);
            let sum = Pointwise::operand(0).plus(&Pointwise::operand(1));
            let tokens = net.add_op(&part("sum"), Op::Pointwise(sum), &[tokens, bias]);
            net.reshape(name, tokens, &[4, height, width]);
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

/// A layer normalisation along `axis` in steps.
fn layer_norm(net: &mut Net, name: &str, x: ValueId, axis: usize) {
    let part = |part: &str| format!("{name}.{part}");
    let [a, b, gamma, beta] = [0, 1, 2, 3].map(Pointwise::operand);
    let shape = net.shape(x);
    let extent = [shape.channels, shape.height, shape.width][axis];
    let mut extents = [1; 3];
    extents[axis] = extent;
    let mean = net.mean(&part("mean"), x, axis);
    let centred = net.add_op(&part("centred"), Op::Pointwise(a.minus(&b)), &[x, mean]);
    let squares = net.add_op(&part("squares"), Op::Pointwise(a.times(&a)), &[centred]);
    let variance = net.mean(&part("variance"), squares, axis);
    // Large enough that rounding is not made larger.
    let deviation = a.plus(&Pointwise::constant(0.1)).unary(Function::Sqrt);
    let deviation = net.add_op(&part("deviation"), Op::Pointwise(deviation), &[variance]);
    let parameters = ["gamma", "beta"].map(|name| net.parameter(&part(name), &extents));
    let result = a.over(&b).times(&gamma).plus(&beta);
    net.add_op(
        name,
        Op::Pointwise(result),
        &[centred, deviation, parameters[0], parameters[1]],
    );
}

/// A layer beside `x` that has weights.
fn branch(net: &mut Net, name: &str, x: ValueId, out_channels: usize, kernel: usize) -> ValueId {
    match net.is_vector(x) {
        true => net.linear(&format!("{name}.linear"), x, out_channels),
        false => net.conv(&format!("{name}.conv"), x, out_channels, kernel),
    }
}

fn pool(net: &mut Net, name: &str, size: usize, x: ValueId, shape: Shape) {
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
