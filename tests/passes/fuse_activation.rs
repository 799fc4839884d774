use menagerie::graph::{Activation, ConvTranspose2d, Number, Op, Window};

use crate::net::Net;

const PASS: &str = "fuse_activation";

#[test]
fn convolution_batch_norm_and_sum_apply_the_activation_behind_them() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.activation("relu6", x, Activation::Relu6);
    let y = net.norm("norm", x);
    let y = net.relu("relu1", y);
    let x = net.add("add", x, y);
    net.relu("relu2", x);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 1x1 + bias + relu6 (%0) -> 8x4x4
         %2 norm: batch_norm + relu (%1) -> 8x4x4
         %3 add: add + relu (%1, %2) -> 8x4x4
         answer %3",
    );
}

#[test]
fn a_linear_layer_applies_the_activation_behind_it() {
    let mut net = Net::of_vectors(3);
    let x = net.linear("fc", net.input(), 5);
    net.relu("relu", x);
    net.after(PASS).becomes(
        "%0 input: input -> 3x1x1
         %1 fc: linear 3->5 + bias + relu (%0) -> 5x1x1
         answer %1",
    );
}

#[test]
fn a_transposed_convolution_applies_the_activation_behind_it() {
    let mut net = Net::new(3, 4, 4);
    let up = ConvTranspose2d {
        window: Window::square(2, 2),
        output_padding: [0, 0],
        groups: 1,
    };
    let weight = net.parameter("up.weight", &[3, 5, 2, 2]);
    let x = net.add_op("up", Op::ConvTranspose2d(up), &[net.input(), weight]);
    net.relu("relu", x);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 up: conv_transpose2d 3->5 2x2 stride 2 + relu (%0) -> 5x8x8
         answer %1",
    );
}

#[test]
fn an_activation_that_changes_nothing_is_skipped() {
    let mut net = Net::new(3, 4, 4);
    let x = net.activation("id", net.input(), Activation::Identity);
    net.global_pool("pool", x);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 pool: global_average_pool (%0) -> 3x1x1
         answer %1",
    );
}

/// Whatever the activation: those with numbers of their own, too.
#[test]
fn every_activation_is_applied() {
    for (activation, shown) in [
        (Activation::Sigmoid, "+ sigmoid"),
        (Activation::Tanh, "+ tanh"),
        (Activation::Silu, "+ silu"),
        (Activation::HardSigmoid, "+ hard_sigmoid"),
        (Activation::HardSwish, "+ hard_swish"),
        (Activation::Gelu, "+ gelu"),
        (
            Activation::LeakyRelu { slope: Number(0.1) },
            "then clamp(x, 0, inf) + (min(x, 0) * 0.1)",
        ),
        (
            Activation::Elu { alpha: Number(1.0) },
            "then clamp(x, 0, inf) + ((exp(min(x, 0)) - 1) * 1)",
        ),
    ] {
        let mut net = Net::new(3, 4, 4);
        let x = net.conv("conv", net.input(), 8, 1);
        net.activation("activation", x, activation);
        net.after(PASS).becomes(&format!(
            "%0 input: input -> 3x4x4
             %1 conv: conv2d 3->8 1x1 + bias {shown} (%0) -> 8x4x4
             answer %1",
        ));
    }
}

#[test]
fn another_reader_forbids_it() {
    let mut net = Net::new(3, 4, 4);
    let conv = net.conv("conv", net.input(), 8, 1);
    let x = net.relu("relu", conv);
    net.concat("concat", &[conv, x]);
    net.after(PASS).is_refused(&["relu: conv is read 2 times"]);
}

#[test]
fn one_activation_is_the_most_an_operation_applies() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.activation("relu6", x, Activation::Relu6);
    net.relu("relu", x);
    net.after(PASS)
        .after(PASS)
        .is_refused(&["relu: conv applies relu6 already"]);
}

#[test]
fn operations_that_apply_none_are_left_alone() {
    let mut net = Net::new(3, 4, 4);
    let x = net.max_pool("pool", net.input(), Window::square(2, 2));
    net.relu("relu", x);
    net.after(PASS)
        .is_refused(&["relu: pool is max_pool, which supports no activation after it"]);
}

#[test]
fn the_wrong_order_is_left_alone() {
    let mut net = Net::new(3, 4, 4);
    let x = net.relu("relu", net.input());
    net.conv("conv", x, 8, 1);
    net.after(PASS)
        .is_refused(&["relu: input is an input of the network"]);
}
