//! Expressions behind operations, each as a whole in the pipeline's text: every kernel that carries one is called with
//! two, one of the result alone and one that reads all kinds of operands.

use menagerie::Result;
use menagerie::graph::{
    Activation, Conv, ConvTranspose2d, Graph, Number, Op, Pointwise, Scope, ValueId, Window,
    image_network,
};
use menagerie::tensor::Shape;

use super::{Case, add, fused};

/// What an expression is computed behind.
type Carrier = fn(&Scope<'_>, ValueId) -> Result<ValueId>;

/// Operations that between them are computed by every kernel with an epilogue, with odd numbers of channels where a
/// kernel takes them: what they are called, their input and how they are built.
const CARRIERS: [([&str; 2], [usize; 3], Carrier); 8] = [
    (["silu of conv", "gates of conv"], [8, 5, 6], |net, x| {
        net.conv("carrier", x, Conv::new(36, 3).padding(1).bias())
    }),
    (
        ["silu of odd conv", "gates of odd conv"],
        [5, 4, 3],
        |net, x| net.conv("carrier", x, Conv::new(7, 1)),
    ),
    (
        ["silu of grouped conv", "gates of grouped conv"],
        [8, 4, 5],
        |net, x| net.conv("carrier", x, Conv::new(16, 3).groups(2).bias()),
    ),
    (
        ["silu of depthwise conv", "gates of depthwise conv"],
        [10, 5, 6],
        |net, x| {
            let conv = Conv::new(10, 3).padding(1).groups(10).bias();
            net.conv("carrier", x, conv)
        },
    ),
    (
        ["silu of transposed conv", "gates of transposed conv"],
        [5, 3, 3],
        |net, x| {
            let up = ConvTranspose2d {
                window: Window::square(2, 2),
                output_padding: [0, 0],
                groups: 1,
            };
            let weight = net.at("carrier").parameter("weight", &[5, 6, 2, 2])?;
            let inputs = vec![Some(x), Some(weight), None];
            net.add_op("carrier", Op::ConvTranspose2d(up), inputs)
                .map(|results| results[0])
        },
    ),
    (
        ["silu of batch norm", "gates of batch norm"],
        [6, 3, 5],
        |net, x| net.batch_norm("carrier", x, 1e-5),
    ),
    (["silu of sum", "gates of sum"], [6, 3, 5], |net, x| {
        let y = net.conv("conv", x, Conv::new(6, 1))?;
        net.add_scaled("carrier", x, y, 0.3)
    }),
    (
        ["silu of linear", "gates of linear"],
        [9, 1, 1],
        |net, x| {
            let x = net.flatten("flatten", x)?;
            net.linear("carrier", x, 11)
        },
    ),
];

/// `prelu((x * gate + residual) * scale)`: a value for each channel of each image, one for each, and one for each channel.
fn gates(net: &Scope<'_>, x: ValueId, other: ValueId, gate: ValueId) -> Result<ValueId> {
    let [x0, gate_of, residual] = [0, 1, 2].map(Pointwise::operand);
    let expression = x0
        .times(&gate_of)
        .plus(&residual)
        .times(&Pointwise::constant(0.7));
    let x = add(net, "gates", Op::Pointwise(expression), &[x, gate, other])?;
    net.prelu("prelu", x)
}

fn gated(shape: Shape, carrier: Carrier) -> Result<Graph> {
    image_network("case", shape, |net, image| {
        let other = carrier(&net.at("other"), image)?;
        let gate = match net.shape(other)?.pixels() {
            1 => net.activation("gate", other, Activation::Sigmoid)?,
            _ => net.adaptive_average_pool("gate", other, 1)?,
        };
        let x = carrier(net, image)?;
        gates(net, x, other, gate)
    })
}

/// Every function of a value, on a kernel of each form of the epilogue: one that takes a residual as data, and one that
/// takes no more than a clamp.
fn functions() -> Vec<Case> {
    let number = Number(0.2);
    let functions = [
        (
            ["conv and sigmoid", "norm and sigmoid"],
            Activation::Sigmoid,
        ),
        (["conv and tanh", "norm and tanh"], Activation::Tanh),
        (["conv and silu", "norm and silu"], Activation::Silu),
        (
            ["conv and hard sigmoid", "norm and hard sigmoid"],
            Activation::HardSigmoid,
        ),
        (
            ["conv and hard swish", "norm and hard swish"],
            Activation::HardSwish,
        ),
        (["conv and gelu", "norm and gelu"], Activation::Gelu),
        (
            ["conv and elu", "norm and elu"],
            Activation::Elu { alpha: number },
        ),
        (
            ["conv and leaky relu", "norm and leaky relu"],
            Activation::LeakyRelu { slope: number },
        ),
    ];
    let carriers: [Carrier; 2] = [
        |net, x| net.conv("conv", x, Conv::new(6, 3).padding(1)),
        |net, x| net.batch_norm("norm", x, 1e-5),
    ];
    let mut cases = Vec::new();
    for (names, function) in functions {
        for (name, carrier) in names.into_iter().zip(carriers) {
            let graph = image_network("case", Shape::new(6, 3, 4), |net, x| {
                let x = carrier(net, x)?;
                net.activation("activation", x, function)
            });
            cases.push(Case::new(name, fused(graph, &["fuse_activation"], 1)));
        }
    }
    cases
}

pub fn cases() -> Vec<Case> {
    let mut cases = functions();
    for ([of_itself, of_others], [channels, height, width], carrier) in CARRIERS {
        let shape = Shape::new(channels, height, width);
        let silu = image_network("case", shape, |net, x| {
            let x = carrier(net, x)?;
            net.activation("silu", x, Activation::Silu)
        });
        let nodes =
            |graph: &Result<Graph>| graph.as_ref().map_or(0, |graph| graph.computed().count());
        let (silu_nodes, gated) = (nodes(&silu) - 1, gated(shape, carrier));
        let gated_nodes = nodes(&gated) - 2;
        cases.push(Case::new(of_itself, fused(silu, &["fuse_activation"], silu_nodes)).batch(3));
        cases.push(Case::new(of_others, fused(gated, &["fuse_pointwise"], gated_nodes)).batch(3));
    }
    cases
}
