//! Slices: ranges of channels that are read where they are, and those that are not.

use menagerie::graph::SliceAxis;

use crate::case::{Case, case, conv, graph};

/// A slice of the channels of a convolution with `channels`, and a convolution that reads it.
fn slice(name: &'static str, channels: usize, axes: [SliceAxis; 3], left: &'static [&str]) -> Case {
    let graph = graph(|net, x| {
        let a = conv(net, "a", x, channels)?;
        let part = net.slice("slice", a, &axes)?;
        conv(net, "b", part, 4)
    });
    case(name, graph, left)
}

pub fn cases() -> Vec<Case> {
    let [rows, columns] = [3, 2].map(SliceAxis::whole);
    let range = SliceAxis::range;
    let quad = |axis| [axis, rows, columns];
    vec![
        slice(
            "a range that ends with a quad",
            11,
            quad(range(4, 4)),
            &["a 0 of 3", "b 0 of 1"],
        ),
        slice(
            "a range that ends with the last channel",
            11,
            quad(range(4, 7)),
            &["a 0 of 3", "b 0 of 1"],
        ),
        slice(
            "a range that ends inside a quad",
            11,
            quad(range(4, 3)),
            &["a 0 of 3", "slice 0 of 1", "b 0 of 1"],
        ),
        slice(
            "a range that begins inside a quad",
            11,
            quad(range(3, 5)),
            &["a 0 of 3", "slice 0 of 2", "b 0 of 1"],
        ),
        slice(
            "every second channel",
            8,
            quad(SliceAxis {
                step: 2,
                ..range(0, 4)
            }),
            &["a 0 of 2", "slice 0 of 1", "b 0 of 1"],
        ),
        slice(
            "a range of quads of some pixels",
            8,
            [range(4, 4), range(0, 2), columns],
            &["a 0 of 2", "slice 0 of 1", "b 0 of 1"],
        ),
    ]
}
