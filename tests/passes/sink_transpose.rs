use menagerie::graph::{Op, Pointwise, Reduce, Reduction, Slice, SliceAxis};

use crate::net::Net;

const PASS: &str = "sink_transpose";

/// Channels to the end, and back.
const LAST: [usize; 3] = [1, 2, 0];
const FIRST: [usize; 3] = [2, 0, 1];

fn product() -> Op {
    Op::Pointwise(Pointwise::operand(0).times(&Pointwise::operand(1)))
}

#[test]
fn two_that_undo_each_other_are_skipped() {
    let mut net = Net::new(3, 4, 5);
    let x = net.transpose("last", net.input(), LAST);
    let x = net.relu("relu", x);
    let x = net.transpose("first", x, FIRST);
    net.conv("conv", x, 2, 1);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x5
         %1 relu: activation relu (%0) -> 3x4x5
         %2 conv: conv2d 3->2 1x1 + bias (%1) -> 2x4x5
         answer %2",
    );
}

#[test]
fn two_in_a_row_become_one() {
    let mut net = Net::new(3, 4, 5);
    let x = net.transpose("one", net.input(), LAST);
    net.transpose("two", x, LAST);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x5
         %1 two: transpose to [2, 0, 1] (%0) -> 5x3x4
         answer %1",
    );
}

#[test]
fn constants_are_transposed_instead() {
    let mut net = Net::new(3, 4, 5);
    let x = net.transpose("last", net.input(), LAST);
    let scale = net.parameter("scale", &[3]);
    let x = net.add_op("scaled", product(), &[x, scale]);
    let map = net.parameter("map", &[1, 5, 3]);
    let x = net.add_op("mapped", product(), &[map, x]);
    net.transpose("first", x, FIRST);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 3x4x5
         %1 scaled: pointwise x * a (%0) -> 3x4x5
         %2 mapped: pointwise x * a (%1) -> 3x4x5
         answer %2",
    );
    let nodes: Vec<_> = outcome.graph.computed().map(|(_, node)| node).collect();
    let constant = |node: usize, input: usize| {
        let id = nodes[node].inputs()[input].unwrap();
        outcome.graph.value(id).ty().dims().to_vec()
    };
    assert_eq!(constant(0, 1), [3, 1, 1]);
    assert_eq!(constant(1, 0), [3, 1, 5]);
}

#[test]
fn reductions_and_slices_have_other_axes() {
    let mut net = Net::new(3, 4, 5);
    let x = net.transpose("last", net.input(), LAST);
    let axes = vec![
        SliceAxis::range(1, 2),
        SliceAxis::whole(5),
        SliceAxis::whole(3),
    ];
    let x = net.add_op("slice", Op::Slice(Slice { axes }), &[x]);
    let reduce = |reduction, axes: &[usize]| {
        let axes = axes.to_vec();
        Op::Reduce(Reduce { reduction, axes })
    };
    let x = net.add_op("max", reduce(Reduction::Max, &[2]), &[x]);
    net.add_op("mean", reduce(Reduction::Mean, &[0, 1]), &[x]);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x5
         %1 slice: slice [0+3, 1+2, 0+5] (%0) -> 3x2x5
         %2 max: reduce max of axes [0] (%1) -> 1x2x5
         %3 mean: global_average_pool (%2) -> 1x1x1
         %4 mean: reshape to [1, 1, 1] (%3) -> 1x1x1
         answer %4",
    );
}

#[test]
fn a_gate_for_each_channel_needs_none() {
    let mut net = Net::new(3, 4, 5);
    let pool = net.adaptive_pool("pool", net.input(), [1, 1]);
    let gate = net.transpose("gate", pool, LAST);
    let x = net.transpose("last", net.input(), LAST);
    let x = net.add_op("gated", product(), &[x, gate]);
    net.transpose("first", x, FIRST);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x5
         %1 pool: adaptive_average_pool 1x1 (%0) -> 3x1x1
         %2 gated: pointwise x * a (%0, %1) -> 3x4x5
         answer %2",
    );
}

#[test]
fn operands_in_different_orders_stay() {
    let mut net = Net::new(4, 4, 4);
    let x = net.transpose("last", net.input(), LAST);
    net.add("sum", x, net.input());
    net.after(PASS)
        .is_refused(&["sum: input is not transposed in the same way"]);
}

/// The index of a value among all of two axes depends on their order.
#[test]
fn an_index_over_two_axes_stays() {
    let mut net = Net::new(3, 4, 5);
    let x = net.transpose("last", net.input(), LAST);
    let op = Op::Reduce(Reduce {
        reduction: Reduction::ArgMax,
        axes: vec![0, 2],
    });
    net.add_op("index", op, &[x]);
    net.after(PASS).is_untouched();
}
