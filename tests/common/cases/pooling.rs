//! Pools.

use menagerie::graph::{
    AdaptiveAveragePool, AveragePool, GlobalAveragePool, MaxPool, Op, Padding, Window,
};
use menagerie::tensor::Shape;

use super::Case;

pub fn max(window: Window) -> Op {
    Op::MaxPool(MaxPool { window })
}

pub fn average(window: Window, count_padding: bool) -> Op {
    Op::AveragePool(AveragePool {
        window,
        count_padding,
    })
}

pub fn adaptive([height, width]: [usize; 2]) -> Op {
    Op::AdaptiveAveragePool(AdaptiveAveragePool { height, width })
}

pub fn global() -> Op {
    Op::GlobalAveragePool(GlobalAveragePool)
}

pub fn cases() -> Vec<Case> {
    let odd = Shape::new(5, 9, 7);
    let lopsided = Window {
        padding: Padding {
            top: 1,
            left: 0,
            bottom: 0,
            right: 1,
        },
        ..Window::square(3, 2).rounded_up()
    };
    vec![
        // 2 * 3 * 3 = 18 results of 9 taps.
        Case::unary("max pool", max(Window::square(3, 2)), Shape::new(2, 7, 7)).costing(
            18 * 9,
            98 + 18,
            0,
        ),
        Case::unary("max pool with a lopsided border", max(lopsided), odd).batch(3),
        Case::unary(
            "average pool",
            average(Window::square(2, 2), true),
            Shape::new(2, 4, 4),
        )
        .costing(8 * 4, 32 + 8, 0),
        Case::unary(
            "average pool of what is inside",
            average(lopsided, false),
            odd,
        )
        .batch(3),
        Case::unary("average pool of borders", average(lopsided, true), odd),
        // Of three pixels the middle one belongs to both cells: each of the 2 x 2 cells has 2 x 2 pixels.
        Case::unary("adaptive pool", adaptive([2, 2]), Shape::new(1, 3, 3)).costing(
            4 * 4,
            9 + 4,
            0,
        ),
        Case::unary("adaptive pool to odd cells", adaptive([6, 4]), odd).batch(3),
        Case::unary("global pool", global(), Shape::new(3, 4, 5)).costing(60, 60 + 3, 0),
        Case::unary("global pool of odd channels", global(), odd).batch(3),
    ]
}
