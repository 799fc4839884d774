//! What the passes put behind operations and in front of them, against results worked out by hand.

use menagerie::Tensor;
use menagerie::graph::{
    Activation, Add, BatchNorm, Conv2d, ConvTranspose2d, Linear, Number, Op, Padding, Window,
    image_network,
};
use menagerie::passes::{PassSet, optimize};
use menagerie::reference::{Operand, Reference};
use menagerie::tensor::Shape;
use menagerie::weights::Weights;

use crate::common::operation::{Fused, counting, expect_all, parameter, tensor};
use crate::common::safetensors_file::{Data, file};

/// What the passes put behind an operation is computed before its result is rounded to a clamp's bounds.
#[test]
fn what_is_computed_behind_an_operation() {
    let one = parameter(&[2, 1, 1, 1], &[1.0, -1.0]);
    let parameters = [Some(&one)];
    let fused = |activation| Fused {
        op: Op::Conv2d(Conv2d {
            window: Window::square(1, 1),
            groups: 2,
        }),
        parameters: &parameters,
        activation,
    };
    let x = tensor(1, [2, 1, 2], &[-2.0, 4.0, 5.0, -6.0]);
    let y = tensor(1, [2, 1, 2], &[1.0, 4.0, 2.0, -8.0]);
    let leaky = Activation::LeakyRelu { slope: Number(0.5) };
    expect_all(vec![
        (
            "a slope below zero",
            fused(leaky).run(&[&x], None),
            tensor(1, [2, 1, 2], &[-1.0, 4.0, -2.5, 6.0]),
        ),
        (
            "a residual before it",
            fused(leaky).run(&[&x], Some(&y)),
            tensor(1, [2, 1, 2], &[-0.5, 8.0, -1.5, -1.0]),
        ),
        (
            "a gate of the result itself",
            fused(Activation::HardSwish).run(&[&x], Some(&y)),
            // -1 * 2 / 6, 8, -3 * 0, -2 * 1 / 6
            tensor(1, [2, 1, 2], &[-1.0 / 3.0, 8.0, -0.0, -1.0 / 3.0]),
        ),
    ]);
}

/// What a pass puts in front of a convolution is computed before its border of zeros is there: `relu(2 x + 3)` is 9 and 0
/// here, and of a border it would be 3.
#[test]
fn what_is_computed_in_front_of_an_operation() {
    let graph = image_network("net", Shape::new(1, 1, 2), |net, x| {
        let x = net.batch_norm("bn", x, 1.0)?;
        let x = net.activation("relu", x, Activation::Relu)?;
        let weight = net.parameter("weight", &[1, 1, 1, 3])?;
        let window = Window {
            kernel: [1, 3],
            padding: Padding {
                top: 0,
                left: 1,
                bottom: 0,
                right: 1,
            },
            ..Window::square(1, 1)
        };
        let conv = Op::Conv2d(Conv2d { window, groups: 1 });
        let results = net.add_op("conv", conv, vec![Some(x), Some(weight), None])?;
        Ok(results[0])
    });
    let graph = optimize(&graph.unwrap(), &PassSet::all()).unwrap();
    assert_eq!(graph.computed().count(), 1, "{graph}");
    let tensors = [
        ("weight", &[1, 1, 1, 3][..], Data::F32(&[1.0, 10.0, 100.0])),
        ("bn.weight", &[1], Data::F32(&[4.0])),
        ("bn.bias", &[1], Data::F32(&[5.0])),
        ("bn.running_mean", &[1], Data::F32(&[1.0])),
        ("bn.running_var", &[1], Data::F32(&[3.0])),
    ];
    let weights = Weights::from_bytes("net.safetensors", file(&tensors)).unwrap();
    let reference = Reference::new(graph, &weights).unwrap();
    let found = reference
        .run(&tensor(2, [1, 1, 2], &[3.0, -4.0, -4.0, 3.0]))
        .unwrap();
    assert_eq!(found, tensor(2, [1, 1, 2], &[90.0, 9.0, 900.0, 90.0]));
}

/// Whatever the operation: each with an activation that the passes put behind it.
#[test]
fn every_operation_that_carries_an_activation_applies_it() {
    let run = |op: Op, images: &[&Tensor], parameters: &[Option<&Operand<'_>>], activation| {
        let fused = Fused {
            op,
            parameters,
            activation,
        };
        fused.run(images, None)
    };
    let (relu, relu6) = (Activation::Relu, Activation::Relu6);
    let x = tensor(2, [2, 1, 2], &[1.0, 2.0, -4.0, 2.0, 9.0, 0.0, -1.0, 0.5]);
    let y = tensor(2, [2, 1, 2], &[0.5, -3.0, 3.0, 4.5, -9.5, 0.0, 1.0, 0.0]);
    let shape = [2, 1, 2];
    let of_channels = [
        parameter(&[2], &[2.0, -1.0]),
        parameter(&[2], &[0.5, 0.0]),
        parameter(&[2], &[1.0, -1.0]),
        parameter(&[2], &[3.0, 1.25]),
    ];
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(1.0),
    });
    let matrix = parameter(&[2, 3], &[1.0, 0.0, -1.0, 2.0, 2.0, 2.0]);
    let bias = parameter(&[2], &[1.0, -13.0]);
    let wide_bias = parameter(&[2], &[3.0, -7.5]);
    let vectors = tensor(2, [3, 1, 1], &[1.0, 2.0, 3.0, -1.0, 0.0, 4.0]);
    let linear = Op::Linear(Linear::default());
    let pair = parameter(&[2, 1, 1, 1], &[2.0, 3.0]);
    let up_bias = parameter(&[2], &[1.0, -100.0]);
    let up = Op::ConvTranspose2d(ConvTranspose2d {
        window: Window::square(1, 1),
        output_padding: [0, 0],
        groups: 2,
    });
    let add = Op::Add(Add::default());
    expect_all(vec![
        (
            "batch_norm and ReLU6",
            run(norm, &[&x], &of_channels.each_ref().map(Some), relu6),
            tensor(2, shape, &[0.5, 1.5, 2.0, 0.0, 6.0, 0.0, 0.0, 0.0]),
        ),
        (
            "add and ReLU6",
            run(add, &[&x, &y], &[], relu6),
            tensor(2, shape, &[1.5, 0.0, 0.0, 6.0, 0.0, 0.0, 0.0, 0.5]),
        ),
        (
            "linear, bias and ReLU",
            run(
                linear.clone(),
                &[&vectors],
                &[Some(&matrix), Some(&bias)],
                relu,
            ),
            tensor(2, [2, 1, 1], &[0.0, 0.0, 0.0, 0.0]),
        ),
        (
            "linear, another bias and ReLU",
            run(
                linear,
                &[&vectors],
                &[Some(&matrix), Some(&wide_bias)],
                relu,
            ),
            tensor(2, [2, 1, 1], &[1.0, 4.5, 0.0, 0.0]),
        ),
        (
            "transposed convolution, groups, bias and ReLU",
            run(
                up,
                &[&counting([2, 1, 2])],
                &[Some(&pair), Some(&up_bias)],
                relu,
            ),
            tensor(1, [2, 1, 2], &[3.0, 5.0, 0.0, 0.0]),
        ),
    ]);
}
