use menagerie::graph::{Activation, BatchNorm, Conv2d, Graph, Number, Op, Padding, Window};
use menagerie::passes::{PassSet, optimize_with_report};
use menagerie::tensor::{Element, Shape, Type};

use crate::net::Net;

const PASS: &str = "fuse_before";

#[test]
fn a_batch_norm_goes_into_the_convolution_behind_it() {
    let mut net = Net::new(8, 4, 4);
    let x = net.norm("norm", net.input());
    let x = net.relu("relu", x);
    let x = net.conv("conv", x, 4, 3);
    net.activation("relu6", x, Activation::Relu6);
    let outcome = net.after("fuse_activation").after(PASS);
    outcome.becomes(
        "%0 input: input -> 8x4x4
         %1 conv: conv2d 8->4 3x3 padding 1 + bias of [clamp((x * a) + b, 0, inf)] + relu6 (%0) -> 4x4x4
         answer %1",
    );
    let (_, conv) = outcome.graph.computed().next().unwrap();
    let constants = conv.pre_operands().iter().map(|&id| {
        let value = outcome.graph.value(id);
        assert!(value.is_constant());
        (value.name(), value.ty().dims().to_vec())
    });
    assert_eq!(
        constants.collect::<Vec<_>>(),
        [("norm.scale", vec![8, 1, 1]), ("norm.shift", vec![8, 1, 1])]
    );
}

#[test]
fn a_depthwise_convolution_of_any_window_takes_it_too() {
    let mut net = Net::new(8, 4, 4);
    let x = net.norm("norm", net.input());
    net.conv_with("conv", x, 8, 3, |filters| {
        filters.groups = 8;
        filters.bias = false;
    });
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 conv: conv2d 8->8 3x3 depthwise of [(x * a) + b] (%0) -> 8x2x2
         answer %1",
    );
}

/// What is behind a convolution is none of what is in front of it.
#[test]
fn the_convolution_takes_what_is_behind_it_as_well() {
    let mut net = Net::new(8, 4, 4);
    let x = net.norm("norm1", net.input());
    let x = net.conv("conv", x, 8, 1);
    let x = net.norm("norm2", x);
    net.add("add", net.input(), x);
    let outcome = net.after(PASS);
    outcome
        .after("fold_batch_norm")
        .after("fuse_residual")
        .becomes(
            "%0 input: input -> 8x4x4
         %1 conv: conv2d 8->8 1x1 + bias of [(x * a) + b] (%0, %0) -> 8x4x4
         answer %1",
        );
}

#[test]
fn other_readers_forbid_it() {
    let mut net = Net::new(8, 4, 4);
    let x = net.norm("norm", net.input());
    let y = net.conv("conv", x, 8, 1);
    net.add("add", x, y);
    net.after(PASS).is_refused(&["conv: norm is read 2 times"]);

    let mut net = Net::new(8, 4, 4);
    let x = net.norm("norm", net.input());
    let y = net.conv("conv", x, 8, 1);
    net.output(y);
    net.output(x);
    net.after(PASS).is_refused(&["conv: norm is an output"]);
}

#[test]
fn one_is_the_most_that_a_convolution_takes() {
    let mut net = Net::new(8, 4, 4);
    let x = net.norm("norm1", net.input());
    let x = net.norm("norm2", x);
    net.conv("conv", x, 8, 1);
    net.after(PASS)
        .after(PASS)
        .is_refused(&["conv: (x * a) + b is computed before it already"]);
}

/// The border is of zeros, and a batch normalisation makes something else of them.
#[test]
fn a_border_in_front_of_it_stays_there() {
    let mut net = Net::new(8, 4, 4);
    let x = net.pad("pad", net.input(), Padding::all(1));
    let x = net.norm("norm", x);
    net.conv_with("conv", x, 8, 3, |_| {});
    let fused = net.after(PASS);
    fused.becomes(
        "%0 input: input -> 8x4x4
         %1 pad: pad 1 (%0) -> 8x6x6
         %2 conv: conv2d 8->8 3x3 + bias of [(x * a) + b] (%1) -> 8x4x4
         answer %2",
    );
    fused
        .after("fuse_pad")
        .is_refused(&["conv: (x * a) + b is applied to its zeros too"]);
}

#[test]
fn other_layers_are_left_alone() {
    let mut net = Net::new(8, 4, 4);
    let x = net.norm("norm", net.input());
    let x = net.max_pool("pool", x, Window::square(2, 2));
    net.conv("conv", x, 8, 1);
    net.after(PASS).is_untouched();
}

#[test]
fn an_activation_goes_into_the_convolution_behind_it() {
    let mut net = Net::new(8, 4, 4);
    let x = net.max_pool("pool", net.input(), Window::square(2, 2));
    let x = net.relu("relu", x);
    net.conv("conv", x, 8, 1);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 8x4x4
         %1 pool: max_pool 2x2 stride 2 (%0) -> 8x2x2
         %2 conv: conv2d 8->8 1x1 + bias of [clamp(x, 0, inf)] (%1) -> 8x2x2
         answer %2",
    );
    let (_, conv) = outcome.graph.computed().last().unwrap();
    assert_eq!(conv.pre_name(), Some("relu"));
}

#[test]
fn parameters_that_are_computed_forbid_it() {
    let mut graph = Graph::new("net");
    let image = Type::image(Shape::new(3, 4, 4)).unwrap();
    let x = graph.add_input("input", image).unwrap();
    let vector = Type::shared(Element::F32, &[3]).unwrap();
    let mean = graph.add_input("mean", vector).unwrap();
    let variance = graph.add_stored("variance", vector, false).unwrap();
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(1e-5),
    });
    let inputs = vec![Some(x), None, None, Some(mean), Some(variance)];
    let norm = graph.add("norm", norm, inputs).unwrap();
    let weight = Type::shared(Element::F32, &[8, 3, 1, 1]).unwrap();
    let weight = graph.add_stored("weight", weight, true).unwrap();
    let conv = Op::Conv2d(Conv2d {
        window: Window::square(1, 1),
        groups: 1,
    });
    let inputs = vec![Some(norm[0]), Some(weight), None];
    let conv = graph.add("conv", conv, inputs).unwrap();
    graph.add_output("output", conv[0]).unwrap();
    let set = PassSet::only(PASS).unwrap();
    let (_, report) = optimize_with_report(&graph, &set, None).unwrap();
    let refusals: Vec<String> = report.refusals.iter().map(ToString::to_string).collect();
    assert_eq!(
        refusals,
        [
            "fuse_before: conv: not done: norm reads more than one tensor that is computed in each run"
        ]
    );
}
