use menagerie::graph::{Op, Pointwise, ValueId};

use crate::net::Net;

const PASS: &str = "sink_reshape";

fn product() -> Op {
    Op::Pointwise(Pointwise::operand(0).times(&Pointwise::operand(1)))
}

/// A convolution of an image with one row, as tokens.
fn tokens(net: &mut Net, name: &str) -> ValueId {
    let x = net.conv(&format!("{name}.conv"), net.input(), 3, 1);
    net.reshape(name, x, &[3, 5])
}

#[test]
fn a_bias_and_an_activation_come_before_it() {
    let mut net = Net::new(4, 1, 5);
    let x = tokens(&mut net, "tokens");
    let scale = net.parameter("scale", &[3, 1]);
    let x = net.add_op("scaled", product(), &[scale, x]);
    net.relu("relu", x);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 4x1x5
         %1 tokens.conv: conv2d 4->3 1x1 + bias (%0) -> 3x1x5
         %2 scaled: pointwise x * a (%1) -> 3x1x5
         %3 relu: activation relu (%2) -> 3x1x5
         %4 relu: reshape to [3, 5] (%3) -> f32[N, 3, 5]
         answer %4",
    );
    let (_, scaled) = outcome.graph.computed().nth(1).unwrap();
    let scale = outcome.graph.value(scaled.inputs()[0].unwrap());
    assert_eq!(&scale.ty().dims()[..], [3, 1, 1]);
}

#[test]
fn two_in_the_same_way_become_one() {
    let mut net = Net::new(4, 1, 5);
    let (a, b) = (tokens(&mut net, "a"), tokens(&mut net, "b"));
    net.add("sum", a, b);
    net.after(PASS).becomes(
        "%0 input: input -> 4x1x5
         %1 a.conv: conv2d 4->3 1x1 + bias (%0) -> 3x1x5
         %2 b.conv: conv2d 4->3 1x1 + bias (%0) -> 3x1x5
         %3 sum: add (%1, %2) -> 3x1x5
         %4 sum: reshape to [3, 5] (%3) -> f32[N, 3, 5]
         answer %4",
    );
}

/// It must not have more axes than the values before the reshaping.
#[test]
fn one_number_for_all_values_is_reshaped_too() {
    let mut net = Net::of_vectors(8);
    let x = net.reshape("column", net.input(), &[1, 8, 1]);
    let scale = net.parameter("scale", &[1, 1, 1]);
    net.add_op("scaled", product(), &[x, scale]);
    net.after(PASS).becomes(
        "%0 input: input -> 8x1x1
         %1 scaled: pointwise x * a (%0) -> 8x1x1
         %2 scaled: reshape to [1, 8, 1] (%1) -> 1x8x1
         answer %2",
    );
}

#[test]
fn axes_that_are_joined_stay() {
    let mut net = Net::new(4, 2, 5);
    let x = net.reshape("joined", net.input(), &[4, 10]);
    net.relu("relu", x);
    net.after(PASS).is_untouched();
}

#[test]
fn other_operands_that_are_computed_stay() {
    let mut net = Net::new(4, 1, 5);
    let x = tokens(&mut net, "tokens");
    let other = net.reshape("other", net.input(), &[4, 5]);
    let other = net.mean("mean", other, 0);
    net.add_op("gated", product(), &[x, other]);
    net.after(PASS).is_untouched();
}
