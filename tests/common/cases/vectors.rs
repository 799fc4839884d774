//! Fully connected layers, and softmax.

use menagerie::graph::{Activation, Linear, Op, Softmax, image_network};
use menagerie::tensor::Shape;

use super::{Case, fused, weighted};

/// A fully connected layer of all values of an image, and what is computed behind it.
pub fn linear(
    name: &'static str,
    shape: Shape,
    out_features: usize,
    bias: bool,
    function: Activation,
) -> Case {
    let graph = image_network("case", shape, |net, x| {
        let op = Op::Linear(Linear {
            flattens: !shape.is_vector(),
        });
        let weight = [out_features, shape.elements()];
        let bias = bias.then_some(out_features);
        let x = weighted(net, "fc", op, x, &weight, bias)?;
        net.activation("activation", x, function)
    });
    Case::new(name, fused(graph, &["fuse_activation"], 1))
}

pub fn softmax() -> Op {
    Op::Softmax(Softmax)
}

pub fn cases() -> Vec<Case> {
    let (ten, odd) = (Shape::vector(10), Shape::new(7, 2, 3));
    vec![
        linear("linear", ten, 4, true, Activation::Relu).costing(2 * 40 + 4 + 4, 10 + 4, 40 + 4),
        linear(
            "linear of odd features",
            Shape::vector(37),
            53,
            true,
            Activation::Relu6,
        )
        .batch(3),
        linear("linear without a bias", ten, 6, false, Activation::Identity),
        linear(
            "linear of many features",
            Shape::vector(2048),
            100,
            true,
            Activation::Identity,
        ),
        // As many values in another order.
        linear("linear of an image", odd, 5, true, Activation::Identity)
            .batch(3)
            .costing(2 * 42 * 5 + 5, 42 + 5, 42 * 5 + 5),
        linear(
            "linear of many channels",
            Shape::new(64, 4, 4),
            48,
            true,
            Activation::Relu,
        ),
        Case::unary("softmax", softmax(), ten).costing(50, 20, 0),
        Case::unary("softmax of pixels", softmax(), odd).batch(3),
    ]
}
