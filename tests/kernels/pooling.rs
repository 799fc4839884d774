//! Pools.

use menagerie::graph::{
    AdaptiveAveragePool, AveragePool, GlobalAveragePool, MaxPool, Op, Padding, Rounding, Window,
};
use menagerie::tensor::Shape;
use proptest::prelude::*;

use crate::case::{Case, batches, check_all, shapes, unary};
use crate::common::fit::fits;

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
                .then(|| unary(op(window, flag), shape, batch))
        },
    )
}

#[test]
fn max_pools() {
    check_all(cases(|window, _| Op::MaxPool(MaxPool { window })));
}

#[test]
fn average_pools() {
    check_all(cases(|window, count_padding| {
        Op::AveragePool(AveragePool {
            window,
            count_padding,
        })
    }));
}

/// To more cells than pixels, too.
#[test]
fn adaptive_average_pools() {
    let sizes = (1..=9_usize, 1..=9_usize);
    check_all(
        (shapes(), sizes, batches()).prop_map(|(shape, size, batch)| {
            let (height, width) = size;
            let op = AdaptiveAveragePool { height, width };
            unary(Op::AdaptiveAveragePool(op), shape, batch)
        }),
    );
}

#[test]
fn global_average_pools() {
    let op = Op::GlobalAveragePool(GlobalAveragePool);
    check_all(
        (shapes(), batches()).prop_map(move |(shape, batch)| unary(op.clone(), shape, batch)),
    );
}

pub fn fixed() -> Vec<Case> {
    let window = Window::square(3, 2);
    let shape = Shape::new(5, 9, 7);
    [
        Op::MaxPool(MaxPool { window }),
        Op::AveragePool(AveragePool {
            window,
            count_padding: true,
        }),
        Op::AdaptiveAveragePool(AdaptiveAveragePool {
            height: 6,
            width: 4,
        }),
        Op::GlobalAveragePool(GlobalAveragePool),
    ]
    .map(|op| unary(op, shape, 1))
    .to_vec()
}
