use menagerie::graph::{Function, Op, Pointwise, ValueId};

use crate::net::Net;

const PASS: &str = "fuse_layer_norm";

/// The mean of `x`, and a layer normalisation along `axis` in steps, with the variance along `other`.
fn steps(net: &mut Net, x: ValueId, axis: usize, other: usize, extents: &[usize]) -> ValueId {
    let [a, b, gamma] = [0, 1, 2].map(Pointwise::operand);
    let mean = net.mean("mean", x, axis);
    let centred = net.add_op("centred", Op::Pointwise(a.minus(&b)), &[x, mean]);
    let squares = net.add_op("squares", Op::Pointwise(a.times(&a)), &[centred]);
    let variance = net.mean("variance", squares, other);
    let deviation = b.plus(&Pointwise::constant(0.5)).unary(Function::Sqrt);
    let gamma_value = net.parameter("gamma", extents);
    let result = a.over(&deviation).times(&gamma);
    net.add_op(
        "norm",
        Op::Pointwise(result),
        &[centred, variance, gamma_value],
    )
}

#[test]
fn the_channels_are_normalised_in_place() {
    let mut net = Net::new(3, 4, 5);
    let x = net.input();
    steps(&mut net, x, 0, 0, &[3, 1, 1]);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x5
         %1 norm: layer_norm epsilon 0.5 (%0) -> 3x4x5
         answer %1",
    );
}

#[test]
fn another_axis_becomes_the_channels() {
    let mut net = Net::new(3, 4, 5);
    let x = net.relu("relu", net.input());
    steps(&mut net, x, 2, 2, &[5]);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x5
         %1 relu: activation relu (%0) -> 3x4x5
         %2 norm: transpose to [2, 0, 1] (%1) -> 5x3x4
         %3 norm: layer_norm epsilon 0.5 (%2) -> 5x3x4
         %4 norm: transpose to [1, 2, 0] (%3) -> 3x4x5
         answer %4",
    );
}

#[test]
fn means_of_different_axes_are_none() {
    let mut net = Net::new(4, 4, 4);
    let x = net.input();
    steps(&mut net, x, 0, 1, &[4, 1, 1]);
    net.after(PASS).is_untouched();
}

#[test]
fn a_factor_of_another_axis_is_no_gamma() {
    let mut net = Net::new(4, 4, 4);
    let x = net.input();
    steps(&mut net, x, 0, 0, &[1, 1, 4]);
    net.after(PASS).is_untouched();
}
