use std::sync::Arc;

use menagerie::graph::{Activation, BatchNorm, Constant, Conv2d, Graph, Number, Op, Window};
use menagerie::passes::{PassSet, optimize_with_report};
use menagerie::tensor::{Element, Shape, Type};

use crate::net::Net;

const PASS: &str = "fold_batch_norm";

#[test]
fn a_batch_norm_goes_into_the_convolution_before_it() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 3);
    let x = net.norm("norm", x);
    net.relu("relu", x);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 3x3 padding 1 + bias (%0) -> 8x4x4
         %2 relu: activation relu (%1) -> 8x4x4
         answer %2",
    );

    // 1 for the weight, 2 for the bias: that both follow the formula is `tests/constants`'.
    let [weight, bias] = [1, 2].map(|input| constant(&outcome.graph, input));
    assert_eq!(
        (weight.name(), &weight.dims()[..]),
        ("conv.weight.folded", &[8, 3, 3, 3][..])
    );
    assert_eq!(
        (bias.name(), &bias.dims()[..]),
        ("conv.bias.folded", &[8][..])
    );
    assert_eq!(
        stored(&weight),
        ["conv.weight", "norm.running_var", "norm.weight"]
    );
    assert_eq!(
        stored(&bias),
        [
            "conv.bias",
            "norm.bias",
            "norm.running_mean",
            "norm.running_var",
            "norm.weight"
        ]
    );
}

/// The constant that the first node of a run reads as its input at `index`.
fn constant(graph: &Graph, index: usize) -> Arc<Constant> {
    let (_, node) = graph.computed().next().unwrap();
    graph.constant(node.inputs()[index].unwrap()).unwrap()
}

/// The stored tensors that `constant` is computed of, each once.
fn stored(constant: &Constant) -> Vec<String> {
    let mut names = match constant {
        Constant::Stored { name, .. } => vec![name.to_string()],
        Constant::Known(_) => Vec::new(),
        Constant::Computed { inputs, .. } => {
            let inputs = inputs.iter().flatten();
            inputs.flat_map(|input| stored(input)).collect()
        }
    };
    names.sort();
    names.dedup();
    names
}

#[test]
fn a_convolution_without_bias_gets_one() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv_with("conv", net.input(), 8, 1, |filters| filters.bias = false);
    net.norm("norm", x);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 1x1 + bias (%0) -> 8x4x4
         answer %1",
    );
    assert_eq!(
        stored(&constant(&outcome.graph, 2)),
        [
            "norm.bias",
            "norm.running_mean",
            "norm.running_var",
            "norm.weight"
        ]
    );
}

#[test]
fn a_depthwise_convolution_keeps_its_groups() {
    let mut net = Net::new(8, 4, 4);
    let x = net.conv_with("conv", net.input(), 8, 3, |filters| filters.groups = 8);
    net.norm("norm", x);
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 conv: conv2d 8->8 3x3 depthwise + bias (%0) -> 8x2x2
         answer %1",
    );
}

#[test]
fn two_batch_norms_fold_one_after_the_other() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.norm("norm1", x);
    net.norm("norm2", x);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 1x1 + bias (%0) -> 8x4x4
         answer %1",
    );
    let [weight, bias] = [1, 2].map(|input| constant(&outcome.graph, input));
    // Folded again, under the name of what it was.
    assert_eq!(weight.name(), "conv.weight.folded");
    assert_eq!(bias.name(), "conv.bias.folded");
    for norm in ["norm1", "norm2"] {
        for constant in [&weight, &bias] {
            assert!(
                stored(constant).contains(&format!("{norm}.running_var")),
                "{constant:?}"
            );
        }
    }
}

#[test]
fn the_activation_of_the_batch_norm_stays() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.norm("norm", x);
    net.relu("relu", x);
    net.after("fuse_activation").after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 1x1 + bias + relu (%0) -> 8x4x4
         answer %1",
    );
}

#[test]
fn another_reader_of_the_convolution_forbids_it() {
    let mut net = Net::new(3, 4, 4);
    let conv = net.conv("conv", net.input(), 8, 1);
    let x = net.norm("norm", conv);
    net.add("add", x, conv);
    net.after(PASS).is_refused(&["norm: conv is read 2 times"]);
}

/// What the answer does not depend on is dropped before a pass sees it.
#[test]
fn a_convolution_that_is_the_answer_stays_as_it_is() {
    let mut net = Net::new(3, 4, 4);
    let conv = net.conv("conv", net.input(), 8, 1);
    net.norm("norm", conv);
    net.output(conv);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 1x1 + bias (%0) -> 8x4x4
         answer %1",
    );
    assert_eq!(constant(&outcome.graph, 1).name(), "conv.weight");
}

#[test]
fn an_activation_in_between_forbids_it() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.relu("relu", x);
    net.norm("norm", x);
    net.after(PASS)
        .is_refused(&["norm: relu is activation, not conv2d"]);

    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.activation("relu6", x, Activation::Relu6);
    net.norm("norm", x);
    net.after("fuse_activation")
        .after(PASS)
        .is_refused(&["norm: conv applies relu6 before it"]);
}

#[test]
fn a_residual_in_between_forbids_it() {
    let mut net = Net::new(8, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.add("add", x, net.input());
    net.norm("norm", x);
    net.after("fuse_residual")
        .after(PASS)
        .is_refused(&["norm: conv adds a residual before it"]);
}

#[test]
fn the_wrong_order_is_left_alone() {
    let mut net = Net::new(3, 4, 4);
    let x = net.norm("norm", net.input());
    net.conv("conv", x, 8, 1);
    net.after(PASS)
        .is_refused(&["norm: input is input, not conv2d"]);
}

/// A weight that is handed over in each run cannot be folded into once.
#[test]
fn a_weight_that_is_no_constant_forbids_it() {
    let mut graph = Graph::new("net");
    let image = Type::image(Shape::new(3, 4, 4)).unwrap();
    let vector = |channels| Type::shared(Element::F32, &[channels]).unwrap();
    let x = graph.add_input("input", image).unwrap();
    let weight = Type::shared(Element::F32, &[8, 3, 1, 1]).unwrap();
    let weight = graph.add_input("weight", weight).unwrap();
    let conv = Conv2d {
        window: Window::square(1, 1),
        groups: 1,
    };
    let conv = graph.add("conv", Op::Conv2d(conv), vec![Some(x), Some(weight), None]);
    let mean = graph.add_stored("mean", vector(8), false).unwrap();
    let variance = graph.add_stored("variance", vector(8), false).unwrap();
    let norm = BatchNorm {
        epsilon: Number(1e-5),
    };
    let inputs = vec![
        Some(conv.unwrap()[0]),
        None,
        None,
        Some(mean),
        Some(variance),
    ];
    let norm = graph.add("norm", Op::BatchNorm(norm), inputs).unwrap();
    graph.add_output("output", norm[0]).unwrap();
    let (_, report) = optimize_with_report(&graph, &PassSet::all(), None).unwrap();
    let refusals: Vec<String> = report.refusals.iter().map(ToString::to_string).collect();
    assert_eq!(
        refusals,
        ["fold_batch_norm: norm: not done: conv has parameters that are computed in each run"]
    );
}
