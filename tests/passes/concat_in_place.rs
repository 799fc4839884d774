use std::cell::Cell;

use menagerie::graph::{Concat, Graph, NodeId, Op};
use menagerie::passes::{PassSet, optimize, optimize_with_report};

use crate::net::Net;
use crate::random::{grow_branches, over_random_steps};

const PASS: &str = "concat_in_place";

/// Convolutions of the input with these numbers of channels, named `a`, `b`...
fn branches(net: &mut Net, channels: &[usize]) -> Vec<NodeId> {
    let names = ["a", "b", "c", "d"].iter();
    names
        .zip(channels)
        .map(|(name, &channels)| net.conv(name, net.input(), channels, 1))
        .collect()
}

/// Names of the concats that the pass marked, and what it says of the others.
#[track_caller]
fn marks(net: &Net, marked: &[&str], refused: &[&str]) {
    let set = PassSet::only(PASS).unwrap();
    let (graph, report) = optimize_with_report(&net.graph, &set, None).unwrap();
    let in_place = Op::Concat(Concat { in_place: true });
    let names = graph.nodes().iter().filter(|node| node.op == in_place);
    let names: Vec<&str> = names.map(|node| node.name.as_str()).collect();
    assert_eq!(names, marked, "{report}");
    let refusals: Vec<String> = report
        .refusals
        .iter()
        .map(|refusal| format!("{}: {}", refusal.node, refusal.reason))
        .collect();
    assert_eq!(refusals, refused);
}

#[test]
fn branches_write_their_slices() {
    let mut net = Net::new(3, 4, 4);
    let inputs = branches(&mut net, &[8, 4, 6]);
    net.concat("concat", &inputs);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 a: conv2d 3->8 1x1 + bias (%0) -> 8x4x4
         %2 b: conv2d 3->4 1x1 + bias (%0) -> 4x4x4
         %3 c: conv2d 3->6 1x1 + bias (%0) -> 6x4x4
         %4 concat: concat in place (%1, %2, %3) -> 18x4x4
         answer %4",
    );
}

#[test]
fn an_odd_number_of_channels_is_only_allowed_last() {
    let mut net = Net::new(3, 4, 4);
    let inputs = branches(&mut net, &[8, 6, 4]);
    net.concat("concat", &inputs);
    net.after(PASS)
        .is_refused(&["concat: b has 6 channels, no multiple of 4, and is not last"]);
}

#[test]
fn nobody_writes_the_networks_input() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8]);
    net.concat("concat", &[net.input(), inputs[0]]);
    net.after(PASS)
        .is_refused(&["concat: input is the network's input"]);
}

#[test]
fn a_value_has_one_place_in_a_concat() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8]);
    net.concat("concat", &[inputs[0], inputs[0]]);
    net.after(PASS).is_refused(&["concat: a is in it twice"]);
}

#[test]
fn the_first_of_two_concats_gets_a_shared_value() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8, 8, 8]);
    let x = net.concat("first", &[inputs[0], inputs[1]]);
    let y = net.concat("second", &[inputs[1], inputs[2]]);
    net.add("add", x, y);
    marks(&net, &["first"], &["second: b lies in first already"]);
}

#[test]
fn a_nested_concat_is_a_slice_of_slices() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8, 8, 8]);
    let inner = net.concat("inner", &inputs[..2]);
    net.concat("outer", &[inner, inputs[2]]);
    marks(&net, &["inner", "outer"], &[]);
}

/// As in a dense block: each layer reads all before it and adds its own.
#[test]
fn concats_nest_to_any_depth() {
    let mut net = Net::new(3, 4, 4);
    let mut x = net.conv("stem", net.input(), 8, 1);
    for name in ["concat1", "concat2", "concat3"] {
        let y = net.conv("reduce", x, 8, 1);
        let y = net.conv("grow", y, 4, 3);
        x = net.concat(name, &[x, y]);
    }
    marks(&net, &["concat1", "concat2", "concat3"], &[]);
}

#[test]
fn who_writes_a_slice_must_not_read_another() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8]);
    let b = net.relu("relu", inputs[0]);
    net.concat("concat", &[inputs[0], b]);
    net.after(PASS)
        .is_refused(&["concat: relu reads a, which would lie beside it"]);
}

/// One dispatch between is enough: its result has a place of its own.
#[test]
fn who_writes_a_slice_may_depend_on_another() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8]);
    let b = net.relu("relu", inputs[0]);
    let b = net.conv("conv", b, 8, 1);
    net.concat("concat", &[inputs[0], b]);
    marks(&net, &["concat"], &[]);
}

#[test]
fn who_writes_a_slice_must_not_read_the_concat_nested_beside_it() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8, 8]);
    let inner = net.concat("inner", &inputs);
    let x = net.relu("relu", inner);
    net.concat("outer", &[inner, x]);
    marks(
        &net,
        &["inner"],
        &["outer: relu reads inner, which would lie beside it"],
    );
}

#[test]
fn nor_a_slice_of_the_concat_nested_beside_it() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8, 8]);
    let inner = net.concat("inner", &inputs);
    let x = net.relu("relu", inputs[1]);
    net.concat("outer", &[inner, x]);
    marks(
        &net,
        &["inner"],
        &["outer: relu reads b, which would lie beside it"],
    );
}

#[test]
fn a_residual_is_read_too() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8]);
    let b = net.conv_with("conv", &[net.input(), inputs[0]], 8, 1, |_| ());
    net.concat("concat", &[inputs[0], b]);
    net.after(PASS)
        .is_refused(&["concat: conv reads a, which would lie beside it"]);
}

/// In place as long as the sum reads only the convolution's result; no longer when the convolution adds.
#[test]
fn a_second_run_decides_anew() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8, 8]);
    let shortcut = net.relu("relu", inputs[1]);
    let x = net.conv("conv", inputs[0], 8, 3);
    let x = net.add("add", shortcut, x);
    net.concat("concat", &[inputs[0], x]);
    marks(&net, &["concat"], &[]);

    let once = net.after(PASS).graph;
    let fused = Net { graph: once }.after("fuse_residual").graph;
    Net { graph: fused }
        .after(PASS)
        .is_refused(&["concat: conv reads a, which would lie beside it"]);
}

/// A concat that copies is a dispatch as any other and may write its slice.
#[test]
fn a_concat_that_copies_may_be_a_slice() {
    let mut net = Net::new(4, 4, 4);
    let inputs = branches(&mut net, &[8]);
    let inner = net.concat("inner", &[net.input(), net.input()]);
    net.concat("outer", &[inputs[0], inner]);
    marks(&net, &["outer"], &["inner: input is the network's input"]);
}

/// Which concat's result each node's result is a part of in the end; its own where it is in none.
fn storages(graph: &Graph) -> Vec<NodeId> {
    let mut storages: Vec<NodeId> = graph.iter().map(|(id, _)| id).collect();
    // Outer concats come after inner ones, so going backwards each storage is final when it is handed on.
    for (id, node) in graph.iter().collect::<Vec<_>>().into_iter().rev() {
        if is_in_place(&node.op) {
            for input in &node.inputs {
                assert_eq!(storages[input.index()], *input, "{input} is in two places");
                storages[input.index()] = storages[id.index()];
            }
        }
    }
    storages
}

fn is_in_place(op: &Op) -> bool {
    *op == Op::Concat(Concat { in_place: true })
}

/// On random graphs, whatever the pass decided: nothing lies in two places, slices begin at groups of
/// four channels, and no dispatch reads the storage that it writes.
#[test]
fn storages_are_sound() {
    let (seen, nested) = (Cell::new(0), Cell::new(0));
    over_random_steps(1000, |steps| {
        let graph = grow_branches(steps).graph;
        for set in [PassSet::all(), PassSet::only(PASS).unwrap()] {
            let graph = optimize(&graph, &set).unwrap();
            let storages = storages(&graph);
            for (id, node) in graph.iter() {
                if is_in_place(&node.op) {
                    seen.set(seen.get() + 1);
                    nested.set(nested.get() + usize::from(storages[id.index()] != id));
                    assert!(!node.inputs.contains(&graph.input()), "{graph}");
                    let (_, all_but_last) = node.inputs.split_last().unwrap();
                    for input in all_but_last {
                        assert_eq!(graph.node(*input).shape.channels % 4, 0, "{graph}");
                    }
                } else {
                    for input in &node.inputs {
                        let (read, written) = (storages[input.index()], storages[id.index()]);
                        assert_ne!(read, written, "{id} reads what it writes in\n{graph}");
                    }
                }
            }
        }
    });
    let (seen, nested) = (seen.get(), nested.get());
    println!("{seen} concats in place, {nested} of them in others");
    assert!(seen >= 300 && nested >= 20, "{seen}, {nested}");
}
