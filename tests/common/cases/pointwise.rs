//! Arithmetic on one value at a time: activations, sums, batch normalisation.

use menagerie::Result;
use menagerie::graph::{
    Activation, Combination, Function, Number, Op, Pointwise, SliceAxis, ValueId, image_network,
    network,
};
use menagerie::tensor::{Element, Shape, Type};

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
    let mut cases = vec![
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
    ];
    cases.extend(functions());
    cases.extend(broadcasts());
    cases
}

/// An expression of more tensors than a kernel binds.
pub fn without_kernel() -> Vec<Case> {
    let graph = image_network("case", Shape::new(6, 3, 5), |net, x| {
        let [x0, a, b] = [0, 1, 2].map(Pointwise::operand);
        let [c, d, e] = [3, 4, 5].map(Pointwise::operand);
        let sum = x0.plus(&a).plus(&b).plus(&c).plus(&d).plus(&e);
        let others = (0..5).map(|index| net.activation(&format!("{index}"), x, Activation::Tanh));
        let others: Vec<ValueId> = others.collect::<Result<_>>()?;
        let operands = [&[x], others.as_slice()].concat();
        net.pointwise("sum", sum, &operands)
    });
    vec![Case::new("a sum of six", graph).costing(5 * 90, 7 * 90, 0)]
}

/// An expression of an image by itself.
fn expression(name: &'static str, expression: Pointwise) -> Case {
    Case::unary(name, Op::Pointwise(expression), Shape::new(5, 3, 4)).batch(2)
}

/// The functions that no activation has. Products with powers of two are exact, so a value is on the same side of a step
/// everywhere.
fn functions() -> Vec<Case> {
    let x = Pointwise::identity;
    let number = Pointwise::constant;
    let steep = x().times(&number(4.0));
    let above = x().unary(Function::Abs).plus(&number(0.5));
    vec![
        expression("log", above.unary(Function::Log)),
        expression("floor", steep.unary(Function::Floor)),
        expression("ceil", steep.unary(Function::Ceil)),
        expression("round", steep.unary(Function::Round)),
        expression("sign", x().unary(Function::Sign)),
        expression("power", above.binary(Combination::Power, &number(-1.5))),
        expression("cube", x().binary(Combination::Power, &number(3.0))),
        expression("square", x().binary(Combination::Power, &number(2.0))),
        expression("less", x().binary(Combination::Less, &number(0.25))),
        expression(
            "equal",
            steep
                .unary(Function::Round)
                .binary(Combination::Equal, &number(1.0)),
        ),
        expression(
            "select",
            x().unary(Function::Floor).select(&steep, &number(7.0)),
        ),
    ]
}

/// A product with a constant or a computed value that repeats along some axes.
fn broadcasts() -> Vec<Case> {
    let shape = Shape::new(6, 3, 5);
    let constant = |name, extents: &[usize]| {
        let graph = image_network("case", shape, |net, x| {
            let factor = net.parameter("factor", extents)?;
            net.multiply("product", x, factor)
        });
        Case::new(name, graph).batch(2)
    };
    let part = |name, axes: [SliceAxis; 3]| {
        let graph = image_network("case", shape, |net, x| {
            let factor = net.slice("factor", x, &axes)?;
            net.multiply("product", x, factor)
        });
        Case::new(name, graph).batch(3)
    };
    let [channels, height, width] = [6, 3, 5].map(SliceAxis::whole);
    let one = SliceAxis::range(2, 1);
    vec![
        constant("rows", &[1, 5]).costing(90, 90 + 90, 5),
        constant("columns", &[3, 1]),
        constant("a constant image", &[6, 3, 5]),
        constant("a constant batch of one image", &[1, 6, 3, 5]),
        constant("a constant plane", &[1, 3, 5]),
        part("one channel of an image", [one, height, width]),
        part("one row of an image", [channels, one, width]),
        part("one value of an image", [one, one, one]),
        Case::new(
            "an outer product",
            image_network("case", shape, |net, x| {
                let row = net.slice("row", x, &[one, one, width])?;
                let column = net.slice("column", x, &[channels, height, one])?;
                net.multiply("product", row, column)
            }),
        )
        .batch(2),
        Case::new(
            "a constant of more axes",
            network("case", |net| {
                let x = net.input("x", Type::per_image(Element::F32, &[1, 2, 5])?)?;
                let factor = net.parameter("factor", &[3, 1, 5])?;
                net.output("product", net.multiply("product", x, factor)?)
            }),
        )
        .batch(2),
    ]
}
