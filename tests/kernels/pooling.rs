//! Pools.

use menagerie::graph::{Op, Padding, Rounding, Window};
use proptest::prelude::*;

use crate::common::cases::Case;
use crate::common::cases::pooling::{adaptive, average, global, max};
use crate::common::fit::fits;
use crate::harness::check_all;
use crate::shapes::{batches, pairs, shapes};

fn windows() -> impl Strategy<Value = Window> {
    let rounding = prop_oneof![Just(Rounding::Floor), Just(Rounding::Ceil)];
    (
        1..=4_usize,
        1..=4_usize,
        1..=3_usize,
        1..=3_usize,
        rounding,
        any::<[u8; 4]>(),
    )
        .prop_map(|(height, width, stride_y, stride_x, rounding, sides)| {
            // A border of at most half the window, so that every window sees the image.
            let side = |index: usize, extent: usize| usize::from(sides[index]) % (extent / 2 + 1);
            Window {
                kernel: [height, width],
                stride: [stride_y, stride_x],
                dilation: [1, 1],
                padding: Padding {
                    top: side(0, height),
                    left: side(1, width),
                    bottom: side(2, height),
                    right: side(3, width),
                },
                rounding,
            }
        })
}

fn cases(op: impl Fn(Window, bool) -> Op + 'static) -> impl Strategy<Value = Case> {
    (shapes(), windows(), any::<bool>(), batches()).prop_filter_map(
        "the window does not fit",
        move |(shape, window, flag, batch)| {
            fits(&window, [shape.height, shape.width])
                .then(|| Case::unary("random", op(window, flag), shape).batch(batch))
        },
    )
}

#[test]
fn max_pools() {
    check_all(cases(|window, _| max(window)));
}

#[test]
fn average_pools() {
    check_all(cases(average));
}

/// To more cells than pixels, too.
#[test]
fn adaptive_average_pools() {
    check_all(
        (shapes(), pairs(9), batches()).prop_map(|(shape, size, batch)| {
            Case::unary("random", adaptive(size), shape).batch(batch)
        }),
    );
}

#[test]
fn global_average_pools() {
    check_all(
        (shapes(), batches())
            .prop_map(|(shape, batch)| Case::unary("random", global(), shape).batch(batch)),
    );
}
