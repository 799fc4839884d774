//! Pooling.

use menagerie::graph::{AdaptiveAveragePool, AveragePool, GlobalAveragePool, MaxPool, Op, Window};

use crate::case::Case;

pub fn cases() -> Vec<Case> {
    vec![
        // 2 * 3 * 3 = 18 results of 9 taps.
        Case {
            op: Op::MaxPool(MaxPool {
                window: Window::square(3, 2),
            }),
            inputs: &[[2, 7, 7]],
            flops: 18 * 9,
            activations: 98 + 18,
            parameters: 0,
        },
        Case {
            op: Op::AveragePool(AveragePool {
                window: Window::square(2, 2),
                count_padding: true,
            }),
            inputs: &[[2, 4, 4]],
            flops: 8 * 4,
            activations: 32 + 8,
            parameters: 0,
        },
        // Of three pixels the middle one belongs to both cells: each of the 2 x 2 cells has 2 x 2 pixels.
        Case {
            op: Op::AdaptiveAveragePool(AdaptiveAveragePool {
                height: 2,
                width: 2,
            }),
            inputs: &[[1, 3, 3]],
            flops: 4 * 4,
            activations: 9 + 4,
            parameters: 0,
        },
        Case {
            op: Op::GlobalAveragePool(GlobalAveragePool),
            inputs: &[[3, 4, 5]],
            flops: 60,
            activations: 60 + 3,
            parameters: 0,
        },
    ]
}
