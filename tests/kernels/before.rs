//! Batch normalisations that convolutions compute of what they load.

use menagerie::graph::{Activation, Number};
use proptest::prelude::*;

use crate::common::cases::before::Normalised;
use crate::common::cases::convolution::Convolution;
use crate::common::fit::fits;
use crate::harness::check_all;
use crate::shapes::{activations, batches, pairs, windows};

fn groupings() -> impl Strategy<Value = [usize; 3]> {
    prop_oneof![
        (1..=13_usize, 1..=35_usize).prop_map(|(from, to)| [1, from, to]),
        (2..=3_usize, 1..=9_usize, 1..=9_usize).prop_map(|(groups, from, to)| [groups, from, to]),
        (2..=13_usize).prop_map(|channels| [channels, 1, 1]),
    ]
}

/// Clamps, and what makes something of zero.
fn functions() -> impl Strategy<Value = Activation> {
    prop_oneof![
        2 => activations(),
        1 => prop::sample::select(vec![
            Activation::Sigmoid,
            Activation::HardSwish,
            Activation::LeakyRelu { slope: Number(0.25) },
        ]),
    ]
}

#[test]
fn batch_normalisations_in_front_of_convolutions() {
    let behind = (any::<bool>(), any::<bool>(), activations());
    let all = (
        groupings(),
        pairs(9),
        windows(pairs(3), 2),
        functions(),
        behind,
        batches(),
    );
    check_all(all.prop_filter_map(
        "the window does not fit",
        |(grouping, size, window, function, behind, batch)| {
            let ([groups, in_each, out_each], (bias, residual, activation)) = (grouping, behind);
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
                Normalised {
                    function,
                    convolution,
                }
                .case("random")
                .batch(batch)
            })
        },
    ));
}
