use menagerie::graph::{Graph, Linear, Op};

use crate::net::Net;

const PASS: &str = "fuse_flatten";

#[test]
fn a_linear_layer_on_a_flattened_image_reads_the_image() {
    let mut net = Net::new(8, 2, 3);
    let x = net.flatten("flatten", net.input());
    net.linear("fc", x, 5);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 8x2x3
         %1 fc: linear 48->5 of 8x2x3 + bias (%0) -> 5x1x1
         answer %1",
    );

    // Its parameters are those that it had.
    let (before, after) = (net.graph(), outcome.graph);
    let names = |graph: &Graph| -> Vec<String> {
        let (_, node) = graph.computed().last().unwrap();
        let parameters = node.inputs()[1..].iter().flatten();
        parameters
            .map(|&id| graph.value(id).name().to_owned())
            .collect()
    };
    assert_eq!(names(&after), names(&before));
    assert_eq!(
        *after.computed().last().unwrap().1.op(),
        Op::Linear(Linear { flattens: true })
    );
}

#[test]
fn its_activation_stays() {
    let mut net = Net::new(8, 2, 2);
    let x = net.flatten("flatten", net.input());
    let x = net.linear("fc", x, 5);
    net.relu("relu", x);
    net.after("fuse_activation").after(PASS).becomes(
        "%0 input: input -> 8x2x2
         %1 fc: linear 32->5 of 8x2x2 + bias + relu (%0) -> 5x1x1
         answer %1",
    );
}

#[test]
fn other_readers_keep_the_flattened_image() {
    let mut net = Net::new(8, 2, 2);
    let x = net.flatten("flatten", net.input());
    let y = net.linear("fc", x, 32);
    net.add("add", x, y);
    net.after(PASS).becomes(
        "%0 input: input -> 8x2x2
         %1 flatten: flatten (%0) -> 32x1x1
         %2 fc: linear 32->32 of 8x2x2 + bias (%0) -> 32x1x1
         %3 add: add (%1, %2) -> 32x1x1
         answer %3",
    );
}

#[test]
fn an_output_keeps_the_flattened_image() {
    let mut net = Net::new(8, 2, 2);
    let x = net.flatten("flatten", net.input());
    let y = net.linear("fc", x, 5);
    net.output(y);
    net.output(x);
    net.after(PASS).becomes(
        "%0 input: input -> 8x2x2
         %1 flatten: flatten (%0) -> 32x1x1
         %2 fc: linear 32->5 of 8x2x2 + bias (%0) -> 5x1x1
         answer %2, %1",
    );
}

/// All values of a vector in order are the vector.
#[test]
fn flattening_a_vector_goes_too() {
    let mut net = Net::new(8, 4, 4);
    let x = net.global_pool("pool", net.input());
    let x = net.flatten("flatten", x);
    net.linear("fc", x, 5);
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 pool: global_average_pool (%0) -> 8x1x1
         %2 fc: linear 8->5 of 8x1x1 + bias (%1) -> 5x1x1
         answer %2",
    );
}

#[test]
fn a_linear_layer_on_a_vector_stays_as_it_is() {
    let mut net = Net::new(8, 2, 2);
    let x = net.global_pool("pool", net.input());
    net.linear("fc", x, 5);
    net.after(PASS).is_untouched();
}

#[test]
fn flattening_without_a_linear_layer_stays() {
    let mut net = Net::new(8, 4, 1);
    net.flatten("flatten", net.input());
    net.after(PASS).is_untouched();
}

#[test]
fn an_operation_in_between_forbids_it() {
    let mut net = Net::new(8, 2, 2);
    let x = net.flatten("flatten", net.input());
    let x = net.relu("relu", x);
    net.linear("fc", x, 5);
    net.after(PASS).is_untouched();
}
