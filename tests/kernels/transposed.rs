//! Transposed convolutions.

use proptest::prelude::*;

use crate::common::cases::Case;
use crate::common::cases::transposed::Transposed;
use crate::common::fit::leaves_something;
use crate::harness::check_all;
use crate::shapes::{activations, batches, pairs, windows};

fn cases(channels: impl Strategy<Value = [usize; 3]>) -> impl Strategy<Value = Case> {
    let extra = (0..=2_usize, 0..=2_usize);
    let details = (any::<bool>(), activations(), batches());
    (channels, pairs(11), windows(pairs(5), 3), extra, details).prop_filter_map(
        "the border is all there is",
        |([groups, in_each, out_each], size, window, extra, (bias, activation, batch))| {
            let less =
                |axis: usize, extra: usize| extra % window.stride[axis].max(window.dilation[axis]);
            let output_padding = [less(0, extra.0), less(1, extra.1)];
            leaves_something(&window, size, output_padding).then(|| {
                let transposed = Transposed {
                    groups,
                    in_each,
                    out_each,
                    size,
                    window,
                    output_padding,
                    bias,
                    activation,
                };
                transposed.case("random").batch(batch)
            })
        },
    )
}

#[test]
fn transposed_convolutions() {
    let channels = (1..=21_usize, 1..=45_usize);
    check_all(cases(channels.prop_map(|(from, to)| [1, from, to])));
}

#[test]
fn grouped_transposed_convolutions() {
    let channels = (2..=4_usize, 1..=9_usize, 1..=9_usize);
    check_all(cases(channels.prop_map(|(groups, a, b)| [groups, a, b])));
}

/// Groups of whole quads stay apart; others are merged.
#[test]
fn aligned_groups_of_transposed_convolutions() {
    let channels = (2..=3_usize, 1..=2_usize, 1..=9_usize);
    check_all(cases(
        channels.prop_map(|(groups, a, b)| [groups, 4 * a, 4 * b]),
    ));
}
