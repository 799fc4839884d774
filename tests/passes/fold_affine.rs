use menagerie::graph::{Op, Pointwise, ValueId};

use crate::net::Net;

const PASS: &str = "fold_affine";

/// `x * scale + shift`
fn affine(net: &mut Net, name: &str, x: ValueId, extents: &[usize]) -> ValueId {
    let [x0, scale, shift] = [0, 1, 2].map(Pointwise::operand);
    let op = Op::Pointwise(x0.times(&scale).plus(&shift));
    let parts = ["scale", "shift"].map(|part| net.parameter(&format!("{name}.{part}"), extents));
    net.add_op(name, op, &[x, parts[0], parts[1]])
}

#[test]
fn a_scale_and_a_shift_go_into_the_convolution_before_them() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 3);
    let x = affine(&mut net, "affine", x, &[8, 1, 1]);
    net.relu("relu", x);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 3x3 padding 1 + bias (%0) -> 8x4x4
         %2 relu: activation relu (%1) -> 8x4x4
         answer %2",
    );
}

#[test]
fn a_convolution_without_bias_gets_one() {
    let mut net = Net::new(8, 4, 4);
    let x = net.conv_with("conv", net.input(), 8, 1, |filters| {
        filters.bias = false;
        filters.groups = 8;
    });
    affine(&mut net, "affine", x, &[1, 8, 1, 1]);
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 conv: conv2d 8->8 1x1 depthwise + bias (%0) -> 8x4x4
         answer %1",
    );
}

#[test]
fn a_linear_layer_is_scaled_too() {
    let mut net = Net::of_vectors(3);
    let x = net.linear("fc", net.input(), 5);
    affine(&mut net, "affine", x, &[5]);
    net.after(PASS).becomes(
        "%0 input: input -> 3x1x1
         %1 fc: linear 3->5 + bias (%0) -> 5x1x1
         answer %1",
    );
}

/// It is mostly part of an activation.
#[test]
fn a_number_for_all_channels_stays() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let three = Pointwise::identity().plus(&Pointwise::constant(3.0));
    net.add_op("sum", Op::Pointwise(three), &[x]);
    net.after(PASS).is_untouched();
}

#[test]
fn other_operands_and_functions_stay() {
    let product = || Op::Pointwise(Pointwise::operand(0).times(&Pointwise::operand(1)));
    let mut net = Net::new(4, 4, 4);
    let x = net.conv("conv", net.input(), 4, 1);
    let row = net.parameter("row", &[1, 4]);
    net.add_op("rows", product(), &[x, row]);
    net.after(PASS).is_untouched();

    let mut net = Net::new(4, 4, 4);
    let x = net.conv("conv", net.input(), 4, 1);
    let gate = net.adaptive_pool("pool", net.input(), [1, 1]);
    net.add_op("gate", product(), &[x, gate]);
    net.after(PASS).is_untouched();

    let mut net = Net::new(4, 4, 4);
    let x = net.conv("conv", net.input(), 4, 1);
    let scale = net.parameter("scale", &[4, 1, 1]);
    let square = Pointwise::operand(0).times(&Pointwise::operand(0));
    let op = Op::Pointwise(square.times(&Pointwise::operand(1)));
    net.add_op("square", op, &[x, scale]);
    net.after(PASS).is_untouched();
}

#[test]
fn what_is_needed_elsewhere_stays() {
    let mut net = Net::new(3, 4, 4);
    let conv = net.conv("conv", net.input(), 8, 1);
    let x = affine(&mut net, "affine", conv, &[8, 1, 1]);
    net.add("add", x, conv);
    net.after(PASS)
        .is_refused(&["affine: conv is read 2 times"]);
}

#[test]
fn an_activation_in_between_forbids_it() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.relu("relu", x);
    affine(&mut net, "affine", x, &[8, 1, 1]);
    net.after("fuse_activation")
        .after(PASS)
        .is_refused(&["affine: conv applies relu before it"]);
}
