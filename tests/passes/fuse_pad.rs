use menagerie::graph::{Padding, Rounding, Window};

use crate::net::Net;

const PASS: &str = "fuse_pad";

const LOPSIDED: Padding = Padding {
    top: 0,
    left: 0,
    bottom: 1,
    right: 1,
};

#[test]
fn a_convolution_takes_the_border_on_top_of_its_own() {
    let mut net = Net::new(3, 4, 4);
    let x = net.pad("pad", net.input(), LOPSIDED);
    net.conv("conv", x, 8, 3);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 3x3 padding 1,1,2,2 + bias (%0) -> 8x5x5
         answer %1",
    );
}

#[test]
fn borders_in_a_row_all_go() {
    let mut net = Net::new(3, 4, 4);
    let x = net.pad("pad1", net.input(), Padding::all(1));
    let x = net.pad("pad2", x, LOPSIDED);
    net.conv("conv", x, 8, 1);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 1x1 padding 1,1,2,2 + bias (%0) -> 8x7x7
         answer %1",
    );
}

#[test]
fn other_readers_keep_the_padded_image() {
    let mut net = Net::new(8, 4, 4);
    let x = net.pad("pad", net.input(), Padding::all(1));
    let y = net.conv("conv", x, 8, 3);
    net.add("add", x, y);
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 pad: pad 1 (%0) -> 8x6x6
         %2 conv: conv2d 8->8 3x3 padding 2 + bias (%0) -> 8x6x6
         %3 add: add (%1, %2) -> 8x6x6
         answer %3",
    );
}

#[test]
fn the_residual_of_a_convolution_stays() {
    let mut net = Net::new(8, 4, 4);
    let residual = net.relu("relu", net.input());
    let x = net.pad("pad", net.input(), Padding::all(1));
    let x = net.conv_with("conv", x, 8, 3, |_| ());
    net.add("add", x, residual);
    net.after("fuse_residual").after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 relu: activation relu (%0) -> 8x4x4
         %2 conv: conv2d 8->8 3x3 padding 1 + bias (%0, %1) -> 8x4x4
         answer %2",
    );
}

#[test]
fn a_padded_residual_is_left_alone() {
    let mut net = Net::new(8, 4, 4);
    let residual = net.pad("pad", net.input(), Padding::all(1));
    let x = net.conv_with("conv", net.input(), 8, 1, |filters| {
        filters.window.padding = Padding::all(1);
    });
    net.add("add", x, residual);
    net.after("fuse_residual").after(PASS).is_untouched();
}

#[test]
fn an_average_pool_that_counts_its_border_takes_it() {
    let mut net = Net::new(8, 4, 4);
    let x = net.pad("pad", net.input(), LOPSIDED);
    let mut window = Window::square(3, 1);
    window.padding = Padding::all(1);
    net.average_pool("pool", x, window, true);
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 pool: average_pool 3x3 padding 1,1,2,2 counting padding (%0) -> 8x5x5
         answer %1",
    );
}

/// The zeros counted as values before, so they must go on to count.
#[test]
fn an_average_pool_without_border_counts_the_one_it_takes() {
    let mut net = Net::new(8, 4, 4);
    let x = net.pad("pad", net.input(), Padding::all(1));
    net.average_pool("pool", x, Window::square(3, 1), false);
    net.after(PASS).becomes(
        "%0 input: input -> 8x4x4
         %1 pool: average_pool 3x3 padding 1 counting padding (%0) -> 8x4x4
         answer %1",
    );
}

#[test]
fn an_average_pool_that_does_not_count_its_border_takes_no_other() {
    let mut net = Net::new(8, 4, 4);
    let x = net.pad("pad", net.input(), LOPSIDED);
    let mut window = Window::square(3, 1);
    window.padding = Padding::all(1);
    net.average_pool("pool", x, window, false);
    net.after(PASS)
        .is_refused(&["pool: the zeros of its own padding do not count, but those of the pad do"]);
}

#[test]
fn a_pool_takes_no_border_as_large_as_its_window() {
    let mut net = Net::new(8, 4, 4);
    let x = net.pad("pad", net.input(), Padding::all(2));
    net.average_pool("pool", x, Window::square(2, 2), true);
    net.after(PASS).is_refused(&[
        "pool: the padding of 2x2 stride 2 padding 2 must be smaller than the window",
    ]);
}

/// Six pixels, the last of them padding: a third window that begins in the border would not count.
#[test]
fn a_last_window_that_would_begin_in_the_border_forbids_it() {
    let mut net = Net::new(8, 6, 6);
    let x = net.pad("pad", net.input(), LOPSIDED);
    let window = Window {
        rounding: Rounding::Ceil,
        ..Window::square(2, 2)
    };
    net.average_pool("pool", x, window, true);
    net.after(PASS)
        .is_refused(&["pool: the result would be 8x3x3"]);
}

#[test]
fn a_max_pool_takes_none() {
    let mut net = Net::new(8, 4, 4);
    let x = net.pad("pad", net.input(), Padding::all(1));
    net.max_pool("pool", x, Window::square(3, 2));
    net.after(PASS)
        .is_refused(&["pool: a zero of pad can be the maximum of a window, but padding cannot"]);
}

#[test]
fn an_operation_in_between_forbids_it() {
    let mut net = Net::new(8, 4, 4);
    let x = net.pad("pad", net.input(), Padding::all(1));
    let x = net.norm("norm", x);
    net.conv("conv", x, 8, 3);
    net.after(PASS).is_untouched();
}
