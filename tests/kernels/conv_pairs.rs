//! Pairs of a depthwise convolution and one of 1x1, as one operation.

use menagerie::graph::{Activation, Window};
use proptest::prelude::*;

use crate::common::cases::Case;
use crate::common::cases::conv_pairs::{First, Pair};
use crate::common::fit::fits;
use crate::harness::check_all;
use crate::shapes::{activations, batches, paddings, windows};

fn cases(first: First, windows: impl Strategy<Value = Window>) -> impl Strategy<Value = Case> {
    let channels = (2..=21_usize, 2..=45_usize);
    let sizes = (1..=37_usize, 1..=37_usize);
    let between = prop_oneof![
        activations(),
        Just(Activation::HardSwish),
        Just(Activation::Silu)
    ];
    let behind = (any::<[bool; 2]>(), between, activations());
    (channels, sizes, windows, behind, batches()).prop_filter_map(
        "the window does not fit",
        move |((from, to), (height, width), window, (biases, between, activation), batch)| {
            let size = [height, width];
            fits(&window, size).then(|| {
                let pair = Pair {
                    first,
                    channels: [from, to],
                    size,
                    window,
                    biases,
                    between,
                    activation,
                };
                pair.case("random").batch(batch)
            })
        },
    )
}

fn sides() -> impl Strategy<Value = usize> {
    prop_oneof![Just(3), Just(5)]
}

#[test]
fn separable_convolutions() {
    let kernels = sides().prop_map(|side| [side; 2]);
    check_all(cases(First::Depthwise, windows(kernels, 3)));
}

#[test]
fn expanded_depthwise_convolutions() {
    let windows = (sides(), 1..=2_usize, paddings());
    let windows = windows.prop_map(|(side, stride, padding)| Window {
        padding,
        ..Window::square(side, stride)
    });
    check_all(cases(First::OfPixels, windows));
}
