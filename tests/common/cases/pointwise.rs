//! Arithmetic on one value at a time: activations, sums, batch normalisation.

use menagerie::graph::{Activation, Number, Op, image_network};
use menagerie::tensor::Shape;

use super::convolution::mixed;
use super::{Case, fused};

/// What batch normalisations add to the variance.
const EPSILON: f64 = 1e-5;

pub fn activation(function: Activation) -> Op {
    Op::Activation(function)
}

/// `function(x + scale * conv(x))`, where another node computes the convolution.
pub fn addition(name: &'static str, shape: Shape, scale: f64, function: Activation) -> Case {
    let graph = image_network("case", shape, |net, x| {
        let other = mixed(net, "other", x, shape.channels)?;
        let sum = net.add_scaled("add", x, other, scale)?;
        net.activation("activation", sum, function)
    });
    Case::new(name, fused(graph, &["fuse_activation"], 2))
}

/// A batch normalisation by itself.
pub fn normalisation(name: &'static str, shape: Shape, function: Activation) -> Case {
    let graph = image_network("case", shape, |net, x| {
        let x = net.batch_norm("bn", x, EPSILON)?;
        net.activation("activation", x, function)
    });
    Case::new(name, fused(graph, &["fuse_activation"], 1))
}

pub fn cases() -> Vec<Case> {
    let (vector, odd) = (Shape::vector(10), Shape::new(6, 3, 5));
    let row = Shape::new(1, 2, 3);
    let shape = Shape::new(6, 1, 5);
    let of = |name, function| Case::unary(name, activation(function), shape);
    let number = Number(0.3);
    vec![
        Case::unary("relu", activation(Activation::Relu), vector).costing(10, 20, 0),
        Case::unary("relu6", activation(Activation::Relu6), vector).costing(20, 20, 0),
        Case::unary("relu6 of odd channels", activation(Activation::Relu6), odd).batch(3),
        Case::unary("identity", activation(Activation::Identity), odd).costing(0, 180, 0),
        addition("add", row, 1.0, Activation::Identity).costing(6, 3 * 6, 0),
        addition("scaled add and relu", row, 0.1, Activation::Relu).costing(6 * (2 + 1), 3 * 6, 0),
        addition("scaled add of odd channels", odd, 0.17, Activation::Relu6).batch(3),
        Case::new(
            "add of twice the same",
            image_network("case", odd, |net, x| net.add_scaled("add", x, x, 0.5)),
        )
        .batch(3),
        normalisation("batch norm and relu", Shape::new(3, 2, 2), Activation::Relu).costing(
            12 * (2 + 1),
            12 + 12,
            4 * 3,
        ),
        normalisation("batch norm of odd channels", odd, Activation::Identity).batch(3),
        of("sigmoid", Activation::Sigmoid).costing(30, 60, 0),
        of("tanh", Activation::Tanh).costing(30, 60, 0),
        // A function and a product.
        of("silu", Activation::Silu).costing(2 * 30, 60, 0),
        // A sum, two comparisons and a quotient; then a product.
        of("hard sigmoid", Activation::HardSigmoid).costing(4 * 30, 60, 0),
        of("hard swish", Activation::HardSwish).costing(5 * 30, 60, 0),
        // A product, the function, a sum, and two products.
        of("gelu", Activation::Gelu).costing(5 * 30, 60, 0),
        // The smaller, the function, a difference and a product; the larger, and their sum.
        of("elu", Activation::Elu { alpha: number }).costing(6 * 30, 60, 0),
        // The smaller and a product; the larger, and their sum.
        of("leaky relu", Activation::LeakyRelu { slope: number }).costing(4 * 30, 60, 0),
        Case::new(
            "prelu",
            image_network("case", shape, |net, x| net.prelu("prelu", x)),
        )
        .costing(4 * 30, 60, 6),
        // A gate: what is one pixel of each channel repeats.
        Case::new(
            "multiply",
            image_network("case", shape, |net, x| {
                let gate = net.adaptive_average_pool("pool", x, 1)?;
                net.multiply("gate", x, gate)
            }),
        )
        .costing(30, 30 + 6 + 30, 0),
    ]
}

pub fn without_kernel() -> Vec<Case> {
    // A row that repeats down the image.
    let graph = image_network("case", Shape::new(6, 3, 5), |net, x| {
        let row = net.parameter("row", &[1, 5])?;
        net.multiply("rows", x, row)
    });
    vec![Case::new("rows", graph).costing(90, 90 + 90, 5)]
}
