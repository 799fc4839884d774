//! The steps of a convolution by Winograd's algorithm.

use menagerie::Result;
use menagerie::graph::{
    Activation, Graph, Op, Padding, Scope, ValueId, Window, Winograd, image_network,
};
use menagerie::tensor::Shape;

use super::convolution::{Convolution, mixed};
use super::{Case, add, fused};

/// The transform of an image.
pub fn input(name: &'static str, shape: Shape, padding: Padding) -> Case {
    Case::unary(name, Op::Winograd(Winograd::Input { padding }), shape)
}

/// The transform of products to an image of `shape`, with or without a residual, and an activation behind it.
pub fn result(name: &'static str, shape: Shape, residual: bool, activation: Activation) -> Case {
    let products = Shape::new(
        36 * shape.channels,
        shape.height.div_ceil(4),
        shape.width.div_ceil(4),
    );
    let graph = image_network("case", products, |net, x| {
        let of_products = |name: &str, x| step(net, name, shape, x);
        let other = match residual {
            true => Some(of_products(
                "other",
                mixed(net, "mixed", x, products.channels)?,
            )?),
            false => None,
        };
        let mut result = of_products("result", x)?;
        if let Some(other) = other {
            result = net.add("add", result, other)?;
        }
        net.activation("activation", result, activation)
    });
    let passes = ["fuse_activation", "fuse_pointwise"];
    Case::new(name, with_passes(graph, &passes, residual))
}

fn step(net: &Scope<'_>, name: &str, shape: Shape, x: ValueId) -> Result<ValueId> {
    let op = Op::Winograd(Winograd::Result {
        height: shape.height,
        width: shape.width,
    });
    add(net, name, op, &[x])
}

/// A single node, but for what makes the residual.
fn with_passes(graph: Result<Graph>, passes: &[&str], residual: bool) -> Result<Graph> {
    match residual {
        true => fused(graph, passes, 4),
        false => fused(graph, passes, 1),
    }
}

pub fn cases() -> Vec<Case> {
    let lopsided = Padding {
        top: 2,
        left: 0,
        bottom: 1,
        right: 1,
    };
    let three = Window::square(3, 1).padded(1);
    vec![
        // 8 channels of 2 tiles, each with 12 rows and columns of 12 operations.
        input("winograd of 4x8", Shape::new(8, 4, 8), Padding::all(1)).costing(
            2 * 8 * 12 * 12,
            8 * (32 + 2 * 36),
            0,
        ),
        input(
            "winograd of 7x9 without padding",
            Shape::new(4, 7, 9),
            Padding::default(),
        )
        .batch(3),
        input("winograd of an odd padding", Shape::new(12, 5, 6), lopsided).batch(2),
        result(
            "winograd to 4x8",
            Shape::new(8, 4, 8),
            false,
            Activation::Identity,
        )
        .costing(2 * 8 * 10 * 12, 8 * (32 + 2 * 36), 0),
        result(
            "winograd to 7x9 and relu",
            Shape::new(4, 7, 9),
            false,
            Activation::Relu,
        )
        .batch(3),
        result(
            "winograd to 5x2 and silu",
            Shape::new(12, 5, 2),
            false,
            Activation::Silu,
        )
        .batch(2),
        result(
            "winograd and a sum",
            Shape::new(4, 6, 5),
            true,
            Activation::Relu,
        )
        .batch(2),
        // What planning divides, if it is faster.
        Convolution::dense([64, 64], [9, 10], three)
            .loaded()
            .case("a conv 3x3 for winograd")
            .batch(2),
    ]
}
