//! Operations of the reference executor that slide no window, against results worked out by hand, and
//! what none of them takes.

mod common;

use common::operation::{Parameters, counting, expect_all, tensor};
use menagerie::graph::{Activation, AdaptiveAveragePool, Add, BatchNorm, BatchNormParameters, Concat, Conv2d, Dropout, Flatten, Linear, Op, Pad, Padding, Softmax, Window};
use menagerie::tensor::Shape;
use menagerie::{ErrorKind, Tensor};

#[test]
fn value_by_value() {
    let mut p = Parameters::new();
    let parameters = BatchNormParameters {
        gamma: p.add(&[2.0, -1.0]),
        beta: p.add(&[0.5, 0.0]),
        mean: p.add(&[1.0, -1.0]),
        variance: p.add(&[3.0, 1.25]),
        epsilon: 1.0,
    };
    let norm = |activation| {
        Op::BatchNorm(BatchNorm {
            channels: 2,
            parameters,
            activation,
        })
    };
    let x = tensor(2, [2, 1, 2], &[1.0, 2.0, -4.0, 2.0, 9.0, 0.0, -1.0, 0.5]);
    let y = tensor(2, [2, 1, 2], &[0.5, -3.0, 3.0, 4.5, -9.5, 0.0, 1.0, 0.0]);
    let add = |activation| {
        Op::Add(Add {
            activation,
            ..Add::default()
        })
    };
    let half_of_the_second = Op::Add(Add {
        scale: 0.5,
        ..Add::default()
    });
    let shape = [2, 1, 2];
    expect_all(vec![
        (
            "batch_norm: (x - 1) / 2 * 2 + 0.5, (x + 1) / 1.5 * -1",
            p.evaluate(&norm(Activation::Identity), &[&x]),
            tensor(2, shape, &[0.5, 1.5, 2.0, -2.0, 8.5, -0.5, 0.0, -1.0]),
        ),
        (
            "batch_norm and ReLU6",
            p.evaluate(&norm(Activation::Relu6), &[&x]),
            tensor(2, shape, &[0.5, 1.5, 2.0, 0.0, 6.0, 0.0, 0.0, 0.0]),
        ),
        (
            "relu",
            p.evaluate(&Op::Activation(Activation::Relu), &[&x]),
            tensor(2, shape, &[1.0, 2.0, 0.0, 2.0, 9.0, 0.0, 0.0, 0.5]),
        ),
        (
            "relu6",
            p.evaluate(&Op::Activation(Activation::Relu6), &[&x]),
            tensor(2, shape, &[1.0, 2.0, 0.0, 2.0, 6.0, 0.0, 0.0, 0.5]),
        ),
        (
            "add",
            p.evaluate(&add(Activation::Identity), &[&x, &y]),
            tensor(2, shape, &[1.5, -1.0, -1.0, 6.5, -0.5, 0.0, 0.0, 0.5]),
        ),
        (
            "add and ReLU6",
            p.evaluate(&add(Activation::Relu6), &[&x, &y]),
            tensor(2, shape, &[1.5, 0.0, 0.0, 6.0, 0.0, 0.0, 0.0, 0.5]),
        ),
        (
            "add half of the second",
            p.evaluate(&half_of_the_second, &[&x, &y]),
            tensor(2, shape, &[1.25, 0.5, -2.5, 4.25, 4.25, 0.0, -0.5, 0.5]),
        ),
        (
            "dropout",
            p.evaluate(&Op::Dropout(Dropout), &[&x]),
            x.clone(),
        ),
        (
            "flatten",
            p.evaluate(&Op::Flatten(Flatten), &[&x]),
            tensor(2, [4, 1, 1], x.data()),
        ),
    ]);
}

#[test]
fn whole_images() {
    let mut p = Parameters::new();
    let linear = Linear {
        in_features: 3,
        out_features: 2,
        weight: p.add(&[1.0, 0.0, -1.0, 2.0, 2.0, 2.0]),
        bias: None,
        activation: Activation::Identity,
    };
    let biased = Linear {
        bias: Some(p.add(&[1.0, -13.0])),
        activation: Activation::Relu,
        ..linear
    };
    let vectors = tensor(2, [3, 1, 1], &[1.0, 2.0, 3.0, -1.0, 0.0, 4.0]);
    let border = Padding {
        top: 1,
        left: 2,
        bottom: 0,
        right: 1,
    };
    let grid = AdaptiveAveragePool {
        height: 3,
        width: 2,
    };
    let a = tensor(2, [1, 1, 2], &[1.0, 2.0, 7.0, 8.0]);
    let b = tensor(2, [2, 1, 2], &[3.0, 4.0, 5.0, 6.0, 9.0, 10.0, 11.0, 12.0]);
    let joined: Vec<f32> = (1..=12).map(|value| value as f32).collect();
    // Channels of the first pixel ln 1, ln 2, ln 5; the second would overflow.
    let logits = [0.0, 1000.0, 2f32.ln(), 0.0, 5f32.ln(), 1000.0];
    expect_all(vec![
        (
            "linear",
            p.evaluate(&Op::Linear(linear), &[&vectors]),
            tensor(2, [2, 1, 1], &[-2.0, 12.0, -5.0, 6.0]),
        ),
        (
            "linear, bias and ReLU",
            p.evaluate(&Op::Linear(biased), &[&vectors]),
            tensor(2, [2, 1, 1], &[0.0, 0.0, 0.0, 0.0]),
        ),
        (
            "pad",
            p.evaluate(&Op::Pad(Pad { padding: border }), &[&counting([2, 1, 2])]),
            tensor(
                1,
                [2, 2, 5],
                &[
                    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
                    0.0, 3.0, 4.0, 0.0,
                ],
            ),
        ),
        (
            "adaptive average pool, rows 1, both, 2 and columns 1 to 2, 2 to 3",
            p.evaluate(&Op::AdaptiveAveragePool(grid), &[&counting([1, 2, 3])]),
            tensor(1, [1, 3, 2], &[1.5, 2.5, 3.0, 4.0, 4.5, 5.5]),
        ),
        (
            "concat",
            p.evaluate(&Op::Concat(Concat::default()), &[&a, &b]),
            tensor(2, [3, 1, 2], &joined),
        ),
        (
            "concat in place",
            p.evaluate(&Op::Concat(Concat { in_place: true }), &[&a, &b]),
            tensor(2, [3, 1, 2], &joined),
        ),
        (
            "softmax over the channels",
            p.evaluate(&Op::Softmax(Softmax), &[&tensor(1, [3, 1, 2], &logits)])
                // ln 2 and ln 5 are rounded.
                .map(|result| rounded(&result)),
            tensor(1, [3, 1, 2], &[0.125, 0.5, 0.25, 0.0, 0.625, 0.5]),
        ),
    ]);
}

/// To six digits behind the point.
fn rounded(tensor: &Tensor) -> Tensor {
    let mut result = tensor.clone();
    for value in result.data_mut() {
        *value = (f64::from(*value) * 1e6).round() as f32 / 1e6;
    }
    result
}

#[test]
fn refuses_what_does_not_fit() {
    let mut p = Parameters::new();
    let short = p.add(&[1.0, 2.0, 3.0]);
    let op = Op::Conv2d(Conv2d {
        window: Window::square(2, 1),
        in_channels: 1,
        out_channels: 1,
        groups: 1,
        weight: short,
        bias: None,
        activation: Activation::Identity,
    });
    let (one, three) = (counting([1, 4, 4]), counting([3, 4, 4]));
    let two_images = Tensor::zeros(2, Shape::new(1, 4, 4));
    let add = Op::Add(Add::default());
    let nothing = AdaptiveAveragePool {
        height: 0,
        width: 2,
    };
    let cases = [
        (
            p.evaluate(&op, &[&one]),
            ErrorKind::Weights,
            "conv2d: expected a parameter of 4 values, found 3",
        ),
        (
            p.evaluate(&op, &[&three]),
            ErrorKind::Shape,
            "expected 1 channels, found 3",
        ),
        (
            p.evaluate(&add, &[&one, &two_images]),
            ErrorKind::Input,
            "add: expected inputs of one batch size, found 1 and 2",
        ),
        (
            p.evaluate(&add, &[]),
            ErrorKind::Shape,
            "expected 2 inputs, found 0",
        ),
        (
            p.evaluate(&Op::AdaptiveAveragePool(nothing), &[&one]),
            ErrorKind::Shape,
            "a grid of 0x2 does not fit on 1x4x4",
        ),
        (
            p.evaluate(&Op::Input, &[&one]),
            ErrorKind::Shape,
            "a graph has one input node, its first",
        ),
    ];
    for (found, kind, message) in cases {
        let error = found.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
    }
}
