//! Convolutions: dense, grouped, depthwise; any window; with and without bias and residual.

use menagerie::graph::Window;
use proptest::prelude::*;

use crate::common::cases::Case;
use crate::common::cases::convolution::Convolution;
use crate::common::fit::fits;
use crate::harness::check_all;
use crate::shapes::{activations, batches, pairs, windows};

/// How many channels: groups, and input and output channels of each.
type Grouping = [usize; 3];

fn cases(groupings: impl Strategy<Value = Grouping>) -> impl Strategy<Value = Case> {
    cases_of(groupings, windows(pairs(5), 3))
}

fn cases_of(
    groupings: impl Strategy<Value = Grouping>,
    windows: impl Strategy<Value = Window>,
) -> impl Strategy<Value = Case> {
    let behind = (any::<bool>(), any::<bool>(), activations());
    (groupings, pairs(13), windows, behind, batches()).prop_filter_map(
        "the window does not fit",
        |([groups, in_each, out_each], size, window, (bias, residual, activation), batch)| {
            fits(&window, size).then(|| {
                let convolution = Convolution {
                    groups,
                    in_each,
                    out_each,
                    size,
                    window,
                    bias,
                    residual,
                    activation,
                };
                convolution.case("random").batch(batch)
            })
        },
    )
}

#[test]
fn dense_convolutions() {
    let channels = (1..=21_usize, 1..=45_usize);
    check_all(cases(channels.prop_map(|(from, to)| [1, from, to])));
}

#[test]
fn grouped_convolutions() {
    let channels = (2..=4_usize, 1..=9_usize, 1..=9_usize);
    check_all(cases(channels.prop_map(|(groups, a, b)| [groups, a, b])));
}

/// Groups of whole quads stay apart; others are merged.
#[test]
fn aligned_groups() {
    let channels = (2..=3_usize, 1..=2_usize, 1..=9_usize);
    check_all(cases(
        channels.prop_map(|(groups, a, b)| [groups, 4 * a, 4 * b]),
    ));
}

fn depthwise() -> impl Strategy<Value = Grouping> {
    (2..=18_usize).prop_map(|channels| [channels, 1, 1])
}

#[test]
fn depthwise_convolutions() {
    check_all(cases(depthwise()));
}

/// With a kernel of their own, where the stride is a multiple of the dilation.
#[test]
fn depthwise_convolutions_of_3x3() {
    check_all(cases_of(depthwise(), windows(Just([3, 3]), 3)));
}
