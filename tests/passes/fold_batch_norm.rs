use menagerie::graph::{Activation, Derivation, Op};

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

    let nodes = outcome.graph.nodes();
    let Op::Conv2d(conv) = nodes[1].op else {
        panic!("{}", nodes[1].op)
    };
    let Op::Conv2d(before) = net.graph.nodes()[1].op else {
        panic!()
    };
    let Op::BatchNorm(norm) = net.graph.nodes()[2].op else {
        panic!()
    };
    let weight = outcome.graph.parameter(conv.weight);
    assert_eq!(weight.name, "conv.weight.folded");
    assert_eq!(weight.shape, [8, 3, 3, 3]);
    assert_eq!(
        weight.derivation,
        Derivation::FoldedWeight {
            weight: before.weight,
            norm: norm.parameters
        }
    );
    let bias = outcome.graph.parameter(conv.bias.unwrap());
    assert_eq!(bias.name, "conv.bias.folded");
    assert_eq!(
        bias.derivation,
        Derivation::FoldedBias {
            bias: before.bias,
            norm: norm.parameters
        }
    );
}

#[test]
fn a_convolution_without_bias_gets_one() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv_with("conv", &[net.input()], 8, 1, |conv| conv.bias = None);
    net.norm("norm", x);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 1x1 + bias (%0) -> 8x4x4
         answer %1",
    );
    let derived = outcome.graph.parameters().last().unwrap();
    assert!(
        matches!(
            derived.derivation,
            Derivation::FoldedBias { bias: None, .. }
        ),
        "{derived:?}"
    );
}

#[test]
fn a_depthwise_convolution_keeps_its_groups() {
    let mut net = Net::new(8, 4, 4);
    let x = net.conv_with("conv", &[net.input()], 8, 3, |conv| conv.groups = 8);
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
    let names = outcome.graph.parameters().iter().map(|p| p.name.as_str());
    let derived: Vec<&str> = names.filter(|name| name.contains("folded")).collect();
    assert_eq!(
        derived,
        [
            "conv.weight.folded",
            "conv.bias.folded",
            "conv.weight.folded",
            "conv.bias.folded"
        ]
    );
}

#[test]
fn the_activation_of_the_batch_norm_stays() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.norm("norm", x);
    net.relu("relu", x);
    let fused = net.after("fuse_activation").graph;
    Net { graph: fused }.after(PASS).becomes(
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
    net.graph.set_output(conv);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 1x1 + bias (%0) -> 8x4x4
         answer %1",
    );
    assert_eq!(outcome.graph.parameters(), net.graph.parameters());
}

#[test]
fn an_activation_in_between_forbids_it() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.relu("relu", x);
    net.norm("norm", x);
    net.after(PASS)
        .is_refused(&["norm: relu is no conv2d but activation"]);

    let mut net = Net::new(3, 4, 4);
    let x = net.conv_with("conv", &[net.input()], 8, 1, |conv| {
        conv.activation = Activation::Relu6;
    });
    net.norm("norm", x);
    net.after(PASS)
        .is_refused(&["norm: conv applies relu6 before it"]);
}

#[test]
fn a_residual_in_between_forbids_it() {
    let mut net = Net::new(8, 4, 4);
    let x = net.conv_with("conv", &[net.input(), net.input()], 8, 1, |_| ());
    net.norm("norm", x);
    net.after(PASS)
        .is_refused(&["norm: conv adds a residual before it"]);
}

#[test]
fn the_wrong_order_is_left_alone() {
    let mut net = Net::new(3, 4, 4);
    let x = net.norm("norm", net.input());
    net.conv("conv", x, 8, 1);
    net.after(PASS)
        .is_refused(&["norm: input is no conv2d but input"]);
}
