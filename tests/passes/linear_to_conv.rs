use menagerie::graph::{Derivation, Op};

use crate::net::Net;

const PASS: &str = "linear_to_conv";

#[test]
fn a_linear_layer_on_a_flattened_image_becomes_a_convolution() {
    let mut net = Net::new(8, 2, 3);
    let x = net.flatten("flatten", net.input());
    net.linear("fc", x, 5);
    let outcome = net.after(PASS);
    outcome.becomes(
        "%0 input: input -> 8x2x3
         %1 fc: conv2d 8->5 2x3 + bias (%0) -> 5x1x1
         answer %1",
    );

    let Op::Linear(linear) = net.graph.nodes()[2].op else {
        panic!()
    };
    let weight = outcome.graph.parameters().last().unwrap();
    assert_eq!(weight.name, "fc.weight.reshaped");
    assert_eq!(weight.shape, [5, 8, 2, 3]);
    assert_eq!(weight.derivation, Derivation::Reshaped(linear.weight));
}

#[test]
fn its_activation_stays() {
    let mut net = Net::new(8, 2, 2);
    let x = net.flatten("flatten", net.input());
    let x = net.linear("fc", x, 5);
    net.relu("relu", x);
    let fused = net.after("fuse_activation");
    let net = Net { graph: fused.graph };
    net.after(PASS).becomes(
        "%0 input: input -> 8x2x2
         %1 fc: conv2d 8->5 2x2 + bias + relu (%0) -> 5x1x1
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
         %2 fc: conv2d 8->32 2x2 + bias (%0) -> 32x1x1
         %3 add: add (%1, %2) -> 32x1x1
         answer %3",
    );
}

#[test]
fn a_linear_layer_on_a_vector_stays_one() {
    let mut net = Net::new(8, 2, 2);
    let x = net.global_pool("pool", net.input());
    net.linear("fc", x, 5);
    net.after(PASS).is_untouched();

    let mut net = Net::new(8, 1, 1);
    let x = net.flatten("flatten", net.input());
    net.linear("fc", x, 5);
    net.after(PASS)
        .is_refused(&["fc: input is a vector already"]);
}

#[test]
fn an_operation_in_between_forbids_it() {
    let mut net = Net::new(8, 2, 2);
    let x = net.flatten("flatten", net.input());
    let x = net.relu("relu", x);
    net.linear("fc", x, 5);
    net.after(PASS).is_untouched();
}
