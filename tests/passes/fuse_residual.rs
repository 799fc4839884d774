use menagerie::graph::{Activation, Constant, Graph, Number, Op, Pointwise, ValueId};

use crate::net::Net;

const PASS: &str = "fuse_residual";

const ELU: Activation = Activation::Elu { alpha: Number(0.5) };

#[test]
fn the_convolution_adds_the_shortcut() {
    let mut net = Net::new(8, 4, 4);
    let shortcut = net.relu("relu", net.input());
    let x = net.conv("conv", shortcut, 8, 3);
    let x = net.add("add", shortcut, x);
    net.relu("last", x);
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 relu: activation relu (%0) -> 8x4x4
         %2 conv: conv2d 8->8 3x3 padding 1 + bias (%1, %1) -> 8x4x4
         %3 last: activation relu (%2) -> 8x4x4
         answer %3",
    );
}

#[test]
fn the_activation_of_the_sum_stays() {
    let mut net = Net::new(8, 4, 4);
    let x = net.conv("conv", net.input(), 8, 3);
    let x = net.add("add", x, net.input());
    net.relu("relu", x);
    net.after("fuse_activation").after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 conv: conv2d 8->8 3x3 padding 1 + bias + relu (%0, %0) -> 8x4x4
         answer %1",
    );
}

/// In either order of the sum.
#[test]
fn of_two_convolutions_the_later_one_adds() {
    for swapped in [false, true] {
        let mut net = Net::new(8, 4, 4);
        let a = net.conv("a", net.input(), 8, 3);
        let b = net.conv("b", net.input(), 8, 1);
        let (left, right) = if swapped { (b, a) } else { (a, b) };
        net.add("add", left, right);
        net.after(PASS).becomes(
            "%0 input: input -> 8x4x4
             %1 a: conv2d 8->8 3x3 padding 1 + bias (%0) -> 8x4x4
             %2 b: conv2d 8->8 1x1 + bias (%0, %1) -> 8x4x4
             answer %2",
        );
    }
}

/// The sum is computed where the addition was, as the shortcut comes after the convolution here.
#[test]
fn the_earlier_convolution_waits_for_the_shortcut() {
    let mut net = Net::new(8, 4, 4);
    let conv = net.conv("conv", net.input(), 8, 3);
    let shortcut = net.relu("relu", net.input());
    net.add("add", conv, shortcut);
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 relu: activation relu (%0) -> 8x4x4
         %2 conv: conv2d 8->8 3x3 padding 1 + bias (%0, %1) -> 8x4x4
         answer %2",
    );
}

#[test]
fn sums_in_a_row_each_find_their_convolution() {
    let mut net = Net::new(8, 4, 4);
    let a = net.conv("a", net.input(), 8, 3);
    let x = net.add("add1", net.input(), a);
    let b = net.conv("b", x, 8, 3);
    net.add("add2", x, b);
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 a: conv2d 8->8 3x3 padding 1 + bias (%0, %0) -> 8x4x4
         %2 b: conv2d 8->8 3x3 padding 1 + bias (%1, %1) -> 8x4x4
         answer %2",
    );
}

#[test]
fn a_second_reader_forbids_it() {
    let mut net = Net::new(8, 4, 4);
    let conv = net.conv("conv", net.input(), 8, 3);
    let x = net.add("add", conv, net.input());
    net.concat("concat", &[x, conv]);
    net.after(PASS)
        .is_refused(&["add: conv is read 2 times; input is input, not conv2d or group_norm"]);
}

#[test]
fn a_convolution_added_to_itself_is_left_alone() {
    let mut net = Net::new(8, 4, 4);
    let conv = net.conv("conv", net.input(), 8, 3);
    net.add("add", conv, conv);
    net.after(PASS)
        .is_refused(&["add: conv is read 2 times; conv is read 2 times"]);
}

#[test]
fn an_activation_in_between_forbids_it() {
    let mut net = Net::new(8, 4, 4);
    let x = net.conv("conv1", net.input(), 8, 3);
    let x = net.relu("relu1", x);
    let y = net.conv("conv2", net.input(), 8, 1);
    let y = net.relu("relu2", y);
    net.add("add", x, y);
    net.after(PASS)
        .is_refused(&["add: relu2 is activation, not conv2d or group_norm; relu1 is activation, not conv2d or group_norm"]);
    // Also one that is computed behind the convolution.
    net.after("fuse_activation")
        .after(PASS)
        .is_refused(&["add: conv2 applies relu before it; conv1 applies relu before it"]);
}

#[test]
fn one_residual_is_the_most_a_convolution_adds() {
    let mut net = Net::new(8, 4, 4);
    let shortcut = net.relu("relu", net.input());
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.add("add1", x, shortcut);
    net.add("add2", x, shortcut);
    net.after(PASS).after(PASS).is_refused(&[
        "add2: conv adds a residual already; relu is activation, not conv2d or group_norm",
    ]);
}

/// What is computed behind a sum goes on to be, with what it reads.
#[test]
fn a_sum_behind_the_sum_stays() {
    let mut net = Net::new(8, 4, 4);
    let shortcut = net.relu("relu", net.input());
    let x = net.conv("conv", shortcut, 8, 1);
    let x = net.add("add", shortcut, x);
    net.activation("elu", x, ELU);
    let outcome = net.after("fuse_activation").after(PASS);
    outcome.becomes(
        "%0 input: input -> 8x4x4
         %1 relu: activation relu (%0) -> 8x4x4
         %2 conv: conv2d 8->8 1x1 + bias \
         then clamp(x + a, 0, inf) + ((exp(min(x + a, 0)) - 1) * 0.5) (%1, %1) -> 8x4x4
         answer %2",
    );
}

/// The constant that `constant` is computed of alone, by `expression`.
fn computed_of<'a>(constant: &'a Constant, name: &str, expression: &Pointwise) -> &'a Constant {
    let Constant::Computed {
        name: found,
        op: Op::Pointwise(by),
        inputs,
        ..
    } = constant
    else {
        panic!("{constant:?}");
    };
    assert_eq!((&**found, by), (name, expression));
    let [Some(of)] = &inputs[..] else {
        panic!("{constant:?}");
    };
    of
}

/// The inputs of the node that makes the answer.
fn inputs_of_the_answer(graph: &Graph) -> &[Option<ValueId>] {
    let answer = graph.answer().unwrap();
    graph.node(graph.value(answer).node().unwrap()).inputs()
}

#[test]
fn a_scale_moves_into_weight_and_bias() {
    let mut net = Net::new(8, 4, 4);
    let conv = net.conv("conv", net.input(), 8, 3);
    net.scaled_add("add", net.input(), conv, 0.25);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 8x4x4
         %1 conv: conv2d 8->8 3x3 padding 1 + bias (%0, %0) -> 8x4x4
         answer %1",
    );
    let (before, graph) = (net.graph(), outcome.graph);
    let scaled = Pointwise::identity().times(&Pointwise::constant(0.25));
    for (input, stored) in [(1, "conv.weight"), (2, "conv.bias")] {
        let constant = graph.constant(inputs_of_the_answer(&graph)[input].unwrap());
        let constant = constant.unwrap();
        let of = computed_of(&constant, &format!("{stored}.scaled"), &scaled);
        let (id, _) = before
            .stored()
            .find(|(_, value)| value.name() == stored)
            .unwrap();
        assert_eq!(of, &*before.constant(id).unwrap());
        assert_eq!(constant.dims(), of.dims());
    }
}

#[test]
fn a_scale_of_a_convolution_without_bias_moves_into_its_weight() {
    let mut net = Net::new(8, 4, 4);
    let conv = net.conv_with("conv", net.input(), 8, 1, |filters| filters.bias = false);
    net.scaled_add("add", net.input(), conv, 0.25);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 8x4x4
         %1 conv: conv2d 8->8 1x1 (%0, %0) -> 8x4x4
         answer %1",
    );
    assert_eq!(inputs_of_the_answer(&outcome.graph)[2], None);
}

/// The second side is the scaled one, and the other cannot scale what it adds.
#[test]
fn a_scale_on_the_other_side_forbids_it() {
    let mut net = Net::new(8, 4, 4);
    let conv = net.conv("conv", net.input(), 8, 3);
    net.scaled_add("add", conv, net.input(), 0.25);
    net.after(PASS).is_refused(&[
        "add: input, the other operand, is scaled; input is input, not conv2d or group_norm",
    ]);
}

/// Even where the other one is later.
#[test]
fn of_two_convolutions_the_scaled_one_adds() {
    let mut net = Net::new(8, 4, 4);
    let a = net.conv("a", net.input(), 8, 3);
    let b = net.conv("b", net.input(), 8, 1);
    net.scaled_add("add", b, a, 0.25);
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 b: conv2d 8->8 1x1 + bias (%0) -> 8x4x4
         %2 a: conv2d 8->8 3x3 padding 1 + bias (%0, %1) -> 8x4x4
         answer %2",
    );
}
