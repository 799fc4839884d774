//! What moves values, and mixes at most a few.

use menagerie::graph::{Concat, Crop, Dropout, Flatten, Interpolation, Op, Pad, Padding, Resize};

use crate::case::Case;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            op: Op::Concat(Concat::default()),
            inputs: &[[2, 2, 2], [3, 2, 2]],
            flops: 0,
            activations: 8 + 12 + 20,
            parameters: 0,
        },
        Case {
            op: Op::Pad(Pad {
                padding: Padding::all(1),
            }),
            inputs: &[[2, 3, 3]],
            flops: 0,
            activations: 18 + 50,
            parameters: 0,
        },
        Case {
            op: Op::Crop(Crop {
                border: Padding::all(1),
            }),
            inputs: &[[2, 5, 5]],
            flops: 0,
            activations: 50 + 18,
            parameters: 0,
        },
        Case {
            op: Op::Resize(Resize {
                height: 4,
                width: 4,
                interpolation: Interpolation::Nearest,
            }),
            inputs: &[[1, 2, 2]],
            flops: 0,
            activations: 4 + 16,
            parameters: 0,
        },
        // Two mixtures along a row and one of both, each a difference, a product and a sum.
        Case {
            op: Op::Resize(Resize {
                height: 4,
                width: 4,
                interpolation: Interpolation::Bilinear {
                    align_corners: false,
                },
            }),
            inputs: &[[1, 2, 2]],
            flops: 16 * 3 * 3,
            activations: 4 + 16,
            parameters: 0,
        },
        Case {
            op: Op::Flatten(Flatten),
            inputs: &[[2, 3, 4]],
            flops: 0,
            activations: 24 + 24,
            parameters: 0,
        },
        Case {
            op: Op::Dropout(Dropout),
            inputs: &[[2, 3, 4]],
            flops: 0,
            activations: 24 + 24,
            parameters: 0,
        },
    ]
}
