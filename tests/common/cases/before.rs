//! Batch normalisations, with an activation each, and gates, that convolutions compute of what they load.

use menagerie::graph::{Activation, Function, Op, Pointwise, Window, image_network};

use super::convolution::{Convolution, lopsided, mixed};
use super::{Case, add, fused};

/// What batch normalisations add to the variance.
const EPSILON: f64 = 1e-5;

/// `function` of a batch normalisation in front of a convolution, which computes all of it.
#[derive(Clone, Copy, Debug)]
pub struct Normalised {
    pub function: Activation,
    pub convolution: Convolution,
}

impl Normalised {
    /// The residual is made of what is not normalised.
    pub fn case(self, name: &'static str) -> Case {
        let Self {
            function,
            convolution,
        } = self;
        let graph = image_network("case", convolution.input(), |net, x| {
            let normalised = net.batch_norm("bn", x, EPSILON)?;
            let normalised = net.activation("bn.activation", normalised, function)?;
            convolution.layers(net, normalised, x)
        });
        let passes = ["fuse_activation", "fuse_residual", "fuse_before"];
        let nodes = 1 + usize::from(convolution.residual);
        Case::new(name, fused(graph, &passes, nodes))
    }
}

/// Squeeze-and-excitation in front of a convolution, which computes the gate's sigmoid and the product.
fn gated(name: &'static str, convolution: Convolution) -> Case {
    let graph = image_network("case", convolution.input(), |net, x| {
        let pool = net.adaptive_average_pool("pool", x, 1)?;
        let gate = mixed(net, "gate", pool, convolution.input().channels)?;
        let sigmoid = Pointwise::operand(1).unary(Function::Sigmoid);
        let product = Op::Pointwise(Pointwise::operand(0).times(&sigmoid));
        let scaled = add(net, "product", product, &[x, gate])?;
        convolution.layers(net, scaled, x)
    });
    let passes = ["fuse_activation", "fuse_residual", "fuse_before"];
    let nodes = 3 + usize::from(convolution.residual);
    Case::new(name, fused(graph, &passes, nodes))
}

fn of(function: Activation, convolution: Convolution) -> Normalised {
    Normalised {
        function,
        convolution,
    }
}

fn relu(convolution: Convolution) -> Normalised {
    of(Activation::Relu, convolution)
}

pub fn cases() -> Vec<Case> {
    let point = Window::square(1, 1);
    let three = Window::square(3, 1).padded(1);
    let grouped = |groups, each| Convolution {
        groups,
        ..Convolution::dense(each, [5, 6], three)
    };
    vec![
        // A multiply-add and a comparison of each of 2 * 3 * 3 = 18 values, then 4 * 9 = 36 results of 2 * 9 = 18
        // multiply-adds; 72 weights, a scale and a shift for each of 2 channels.
        relu(Convolution::dense([2, 4], [3, 3], three))
            .case("batch norm and relu in front of a conv 3x3")
            .costing(18 * 3 + 36 * 2 * 18, 18 + 36, 72 + 2 * 2),
        relu(Convolution::dense([7, 9], [6, 7], lopsided()).loaded())
            .case("batch norm and relu in front of a conv of odd channels")
            .batch(3),
        relu(Convolution::dense([36, 20], [5, 4], point).loaded())
            .case("batch norm and relu in front of a conv 1x1")
            .batch(3),
        relu(Convolution::dense([10, 6], [1, 1], point).biased())
            .case("batch norm and relu in front of a conv of a pixel")
            .batch(3),
        of(
            Activation::HardSwish,
            Convolution::dense([5, 9], [1, 1], point),
        )
        .case("batch norm and hard swish in front of a conv of a pixel"),
        relu(grouped(3, [4, 8]).loaded())
            .case("batch norm and relu in front of a conv in groups of quads"),
        relu(grouped(2, [3, 5]).loaded())
            .case("batch norm and relu in front of a conv in groups that share quads"),
        relu(Convolution::depthwise(7, [6, 7], three).loaded())
            .case("batch norm and relu in front of a depthwise conv")
            .batch(3),
        of(Activation::Relu6, Convolution::depthwise(9, [5, 7], three))
            .case("batch norm and relu6 in front of a depthwise conv"),
        relu(Convolution::depthwise(
            9,
            [8, 7],
            Window::square(5, 1).padded(2),
        ))
        .case("batch norm and relu in front of a depthwise conv 5x5"),
        of(
            Activation::Identity,
            Convolution::dense([5, 3], [1, 1], three).biased(),
        )
        .case("batch norm in front of a conv of a pixel, mostly of its border"),
        // Makes something of the zeros in lanes beyond the last channel.
        of(
            Activation::Sigmoid,
            Convolution::dense([6, 5], [4, 5], three),
        )
        .case("batch norm and sigmoid in front of a conv"),
        // An expression behind it as well.
        relu(Convolution {
            activation: Activation::Silu,
            ..Convolution::dense([6, 5], [4, 5], three).loaded()
        })
        .case("batch norm and relu in front of a conv, and silu behind it"),
        gated(
            "a gate in front of a conv 1x1",
            Convolution::dense([36, 20], [5, 4], point).loaded(),
        )
        .batch(3),
        gated(
            "a gate in front of a conv of odd channels",
            Convolution::dense([7, 9], [6, 7], lopsided()).biased(),
        )
        .batch(3),
        gated(
            "a gate in front of a conv in groups of quads",
            grouped(3, [4, 8]).loaded(),
        )
        .batch(2),
        gated(
            "a gate in front of a conv in groups that share quads",
            grouped(2, [3, 5]),
        )
        .batch(2),
        gated(
            "a gate in front of a depthwise conv",
            Convolution::depthwise(7, [6, 7], three).loaded(),
        )
        .batch(3),
        gated(
            "a gate in front of a depthwise conv 5x5",
            Convolution::depthwise(9, [8, 7], Window::square(5, 1).padded(2)),
        )
        .batch(2),
        // An expression with a tensor of its own behind it.
        gated(
            "a gate in front of a conv, and silu behind it",
            Convolution {
                activation: Activation::Silu,
                ..Convolution::dense([6, 5], [4, 5], three).loaded()
            },
        )
        .batch(2),
    ]
}
