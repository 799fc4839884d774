//! The passes that skip nodes which compute nothing: `drop_dropout` and `drop_adaptive_pool`.

use crate::net::Net;

#[test]
fn readers_of_a_dropout_read_its_input() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let x = net.dropout("dropout", x);
    let a = net.relu("relu", x);
    net.add("add", a, x);
    net.after("drop_dropout").becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 1x1 + bias (%0) -> 8x4x4
         %2 relu: activation relu (%1) -> 8x4x4
         %3 add: add (%2, %1) -> 8x4x4
         answer %3",
    );
}

#[test]
fn a_reader_that_reads_a_dropout_twice_reads_its_input_twice() {
    let mut net = Net::new(3, 4, 4);
    let x = net.dropout("dropout", net.input());
    net.add("add", x, x);
    net.after("drop_dropout").becomes(
        "%0 input: input -> 3x4x4
         %1 add: add (%0, %0) -> 3x4x4
         answer %1",
    );
}

#[test]
fn dropouts_in_a_row_all_go() {
    let mut net = Net::new(3, 4, 4);
    let x = net.dropout("dropout1", net.input());
    let x = net.dropout("dropout2", x);
    net.relu("relu", x);
    net.after("drop_dropout").becomes(
        "%0 input: input -> 3x4x4
         %1 relu: activation relu (%0) -> 3x4x4
         answer %1",
    );
}

#[test]
fn a_dropout_that_is_the_answer_hands_that_on() {
    let mut net = Net::new(3, 4, 4);
    net.dropout("dropout", net.input());
    net.after("drop_dropout").becomes(
        "%0 input: input -> 3x4x4
         answer %0",
    );
}

#[test]
fn pooling_to_the_size_that_an_image_has_is_skipped() {
    let mut net = Net::new(3, 4, 6);
    let x = net.adaptive_pool("pool", net.input(), [4, 6]);
    net.flatten("flatten", x);
    net.after("drop_adaptive_pool").becomes(
        "%0 input: input -> 3x4x6
         %1 flatten: flatten (%0) -> 72x1x1
         answer %1",
    );
}

#[test]
fn pooling_to_another_size_stays() {
    let mut net = Net::new(3, 4, 6);
    net.adaptive_pool("pool", net.input(), [6, 4]);
    net.after("drop_adaptive_pool").is_untouched();
}
