//! The shape rule of every operation.

use menagerie::graph::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, Concat, Conv2d, ConvTranspose2d,
    Crop, Dropout, Expand, Flatten, GlobalAveragePool, Interpolation, LayerNorm, Linear,
    LocalResponseNorm, MatMul, MaxPool, Number, Op, PRelu, Pad, Padding, Pointwise, Reduce,
    Reduction, Reshape, Resize, Slice, SliceAxis, Softmax, Split, Transpose, Window,
};
use menagerie::tensor::Dims;

use crate::types::{borrowed, inputs};

/// The results of `op`, a word each.
fn results(op: &Op, text: &str) -> String {
    let types = inputs(text);
    match op.infer(&borrowed(&types)) {
        Ok(results) => {
            let results: Vec<String> = results
                .iter()
                .map(|ty| match (ty.is_per_image(), ty.dims().rank()) {
                    (true, 2) => format!("v{}", ty.dims()[1]),
                    _ => ty.to_string(),
                })
                .collect();
            results.join("; ")
        }
        Err(error) => format!("refused: {error}"),
    }
}

#[track_caller]
fn expect_all(cases: &[(Op, &str, &str)]) {
    let mut failures = Vec::new();
    for (op, inputs, expected) in cases {
        let found = results(op, inputs);
        if found != *expected {
            failures.push(format!(
                "{op:?} of {inputs}:\n expected {expected}\n    found {found}"
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn lopsided(top: usize, left: usize, bottom: usize, right: usize) -> Padding {
    Padding {
        top,
        left,
        bottom,
        right,
    }
}

#[test]
fn convolutions() {
    let conv = |window, groups| Op::Conv2d(Conv2d { window, groups });
    let dilated = Window {
        dilation: [2, 3],
        ..Window::square(3, 1)
    };
    let uneven = Window {
        kernel: [1, 7],
        stride: [2, 3],
        padding: lopsided(0, 3, 1, 2),
        ..Window::square(1, 1)
    };
    let up = |window, output_padding, groups| {
        Op::ConvTranspose2d(ConvTranspose2d {
            window,
            output_padding,
            groups,
        })
    };
    expect_all(&[
        (
            conv(Window::square(3, 1), 1),
            "3x8x9; [5, 3, 3, 3]; [5]",
            "5x6x7",
        ),
        (
            conv(Window::square(3, 1), 1),
            "3x8x9; [5, 3, 3, 3]; -",
            "5x6x7",
        ),
        (
            conv(Window::square(3, 1), 1),
            "3x8x9; [5, 3, 3, 3]",
            "5x6x7",
        ),
        (
            conv(Window::square(3, 2).padded(1), 1),
            "3x8x9; [5, 3, 3, 3]",
            "5x4x5",
        ),
        (
            conv(Window::square(3, 2).rounded_up(), 1),
            "3x8x9; [5, 3, 3, 3]",
            "5x4x4",
        ),
        (conv(dilated, 1), "3x8x9; [5, 3, 3, 3]", "5x4x3"),
        (conv(uneven, 1), "3x8x9; [5, 3, 1, 7]", "5x5x3"),
        (
            conv(Window::square(3, 1), 3),
            "6x3x3; [9, 2, 3, 3]; [9]",
            "9x1x1",
        ),
        (
            conv(Window::square(1, 1), 6),
            "6x3x3; [6, 1, 1, 1]",
            "6x3x3",
        ),
        // As large as the padded image, and a stride past all of it.
        (
            conv(Window::square(5, 1).padded(1), 1),
            "1x3x3; [1, 1, 5, 5]",
            "1x1x1",
        ),
        (
            conv(Window::square(1, (1 << 31) - 1), 1),
            "1x3x3; [1, 1, 1, 1]",
            "1x1x1",
        ),
        (
            up(Window::square(2, 2), [0, 0], 1),
            "4x3x5; [4, 7, 2, 2]; [7]",
            "7x6x10",
        ),
        (
            up(Window::square(3, 2).padded(1), [1, 1], 1),
            "4x3x5; [4, 7, 3, 3]",
            "7x6x10",
        ),
        (
            up(Window::square(3, 2).padded(1), [0, 1], 2),
            "4x3x5; [4, 7, 3, 3]",
            "14x5x10",
        ),
        (up(dilated, [1, 2], 1), "4x3x5; [4, 7, 3, 3]", "7x8x13"),
    ]);
}

#[test]
fn pools() {
    let max = |window| Op::MaxPool(MaxPool { window });
    let mean = |window| {
        Op::AveragePool(AveragePool {
            window,
            count_padding: true,
        })
    };
    let adaptive = |height, width| Op::AdaptiveAveragePool(AdaptiveAveragePool { height, width });
    expect_all(&[
        (max(Window::square(3, 2)), "6x7x8", "6x3x3"),
        (max(Window::square(3, 2).rounded_up()), "6x7x8", "6x3x4"),
        (max(Window::square(3, 2).padded(1)), "6x7x8", "6x4x4"),
        (mean(Window::square(2, 2)), "6x7x8", "6x3x4"),
        // A last window that would begin in the border does not count.
        (
            mean(Window::square(2, 2).padded(1).rounded_up()),
            "6x7x7",
            "6x4x4",
        ),
        (adaptive(7, 2), "6x3x8", "6x7x2"),
        (adaptive((1 << 31) / 3 - 1, 1), "1x3x3", "1x715827881x1"),
        (Op::GlobalAveragePool(GlobalAveragePool), "6x7x8", "v6"),
        (Op::GlobalAveragePool(GlobalAveragePool), "v6", "v6"),
    ]);
}

#[test]
fn values_that_keep_their_type() {
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(0.0),
    });
    let layer = Op::LayerNorm(LayerNorm {
        epsilon: Number(1e-6),
    });
    let local = Op::LocalResponseNorm(LocalResponseNorm {
        size: 5,
        alpha: Number(0.0),
        beta: Number(-0.75),
        k: Number(1.0),
    });
    let relu = Op::Activation(Activation::Relu);
    let add = Op::Add(Add {
        scale: Number(-1.0),
    });
    expect_all(&[
        (norm.clone(), "6x7x8; [6]; [6]; [6]; [6]", "6x7x8"),
        (norm.clone(), "6x7x8; -; -; [6]; [6]", "6x7x8"),
        (norm, "v6; [6]; -; [6]; [6]", "v6"),
        (layer.clone(), "6x7x8; [6]; [6]", "6x7x8"),
        (layer.clone(), "6x7x8; [6]; -", "6x7x8"),
        (layer, "v6; [6]", "v6"),
        (local.clone(), "6x7x8", "6x7x8"),
        (local, "v6", "v6"),
        (relu.clone(), "6x7x8", "6x7x8"),
        (relu.clone(), "v6", "v6"),
        (relu.clone(), "[2, 3]", "f32[2, 3]"),
        (relu, "N[2, 3]", "f32[N, 2, 3]"),
        (
            Op::Activation(Activation::Elu {
                alpha: Number(-3.0),
            }),
            "v6",
            "v6",
        ),
        (add.clone(), "6x7x8; 6x7x8", "6x7x8"),
        (add.clone(), "v6; v6", "v6"),
        (add, "[]; []", "f32[]"),
        (Op::PRelu(PRelu), "6x7x8; [6, 1, 1]", "6x7x8"),
        (Op::PRelu(PRelu), "6x7x8; []", "6x7x8"),
        (Op::PRelu(PRelu), "v6; [6]", "v6"),
        (Op::PRelu(PRelu), "6x7x8; 6x1x1", "6x7x8"),
        (Op::Softmax(Softmax), "6x7x8", "6x7x8"),
        (Op::Softmax(Softmax), "v6", "v6"),
        (Op::Dropout(Dropout), "6x7x8", "6x7x8"),
        (Op::Dropout(Dropout), "i32[4]", "i32[4]"),
    ]);
}

#[test]
fn values_that_move() {
    let pad = |padding| Op::Pad(Pad::zeros(padding));
    let crop = |border| Op::Crop(Crop { border });
    let resize = |height, width| {
        Op::Resize(Resize {
            height,
            width,
            interpolation: Interpolation::Nearest,
        })
    };
    let split = |channels: &[usize]| {
        Op::Split(Split {
            channels: channels.to_vec(),
        })
    };
    let reshape = |extents: &[usize]| {
        Op::Reshape(Reshape {
            dims: Dims::new(extents).unwrap(),
        })
    };
    let transpose = |axes: &[usize]| {
        Op::Transpose(Transpose {
            axes: axes.to_vec(),
        })
    };
    let reduce = |axes: &[usize]| {
        Op::Reduce(Reduce {
            reduction: Reduction::Mean,
            axes: axes.to_vec(),
        })
    };
    let slice = |axes: &[(usize, isize, usize)]| {
        let axes = axes
            .iter()
            .map(|&(begin, step, count)| SliceAxis { begin, step, count });
        Op::Slice(Slice {
            axes: axes.collect(),
        })
    };
    let expand = |extents: &[usize]| {
        Op::Expand(Expand {
            dims: Dims::new(extents).unwrap(),
        })
    };
    expect_all(&[
        (Op::Concat(Concat), "6x7x8; 2x7x8; 1x7x8", "9x7x8"),
        (Op::Concat(Concat), "6x7x8", "6x7x8"),
        (Op::Concat(Concat), "v6; v2", "v8"),
        (Op::Concat(Concat), "6x1x1; 2x1x1", "8x1x1"),
        (split(&[1, 5]), "6x7x8", "1x7x8; 5x7x8"),
        (split(&[6]), "6x7x8", "6x7x8"),
        (split(&[2, 2, 2]), "v6", "v2; v2; v2"),
        (pad(lopsided(1, 2, 3, 4)), "6x7x8", "6x11x14"),
        (pad(Padding::default()), "6x7x8", "6x7x8"),
        (crop(lopsided(1, 2, 3, 4)), "6x7x8", "6x3x2"),
        (resize(1, 1 << 15), "6x7x8", "6x1x32768"),
        (reshape(&[8, 42]), "6x7x8", "f32[N, 8, 42]"),
        (reshape(&[8, 7, 6]), "6x7x8", "8x7x6"),
        (transpose(&[2, 0, 1]), "6x7x8", "8x6x7"),
        (transpose(&[0]), "v6", "v6"),
        (reduce(&[0, 2]), "6x7x8", "1x7x1"),
        (reduce(&[0]), "v6", "v1"),
        (Op::MatMul(MatMul), "N[2, 3]; N[3, 4]", "f32[N, 2, 4]"),
        (
            Op::MatMul(MatMul),
            "N[5, 1, 2, 3]; N[4, 3, 6]",
            "f32[N, 5, 4, 2, 6]",
        ),
        (Op::Concat(Concat), "N[2, 3]; N[5, 3]", "f32[N, 7, 3]"),
        (Op::Softmax(Softmax), "N[2, 3, 4, 5]", "f32[N, 2, 3, 4, 5]"),
        (slice(&[(0, 1, 6), (6, -2, 4), (2, 3, 2)]), "6x7x8", "6x4x2"),
        (slice(&[(5, isize::MIN, 1)]), "v6", "v1"),
        (slice(&[]), "[]", "f32[]"),
        (expand(&[6, 7, 8]), "6x1x1", "6x7x8"),
        (expand(&[2, 3, 6]), "v6", "2x3x6"),
        (expand(&[4, 2]), "[2]", "f32[4, 2]"),
        (reshape(&[336]), "6x7x8", "v336"),
        (reshape(&[6, 1, 1]), "[6]", "f32[6, 1, 1]"),
        (reshape(&[]), "[1, 1]", "f32[]"),
        (Op::Flatten(Flatten), "6x7x8", "v336"),
        (Op::Flatten(Flatten), "v6", "v6"),
        (Op::Linear(Linear::default()), "v6; [4, 6]; [4]", "v4"),
        (Op::Linear(Linear::default()), "6x1x1; [4, 6]", "v4"),
        (
            Op::Linear(Linear { flattens: true }),
            "6x7x8; [4, 336]; -",
            "v4",
        ),
    ]);
}

/// Extents of 1 repeat, and those that one lacks in front count as 1: NumPy's rule, with images in front of all.
#[test]
fn expressions() {
    let sum = |operands: usize| {
        let terms = (1..operands).map(Pointwise::operand);
        Op::Pointwise(terms.fold(Pointwise::operand(0), |sum, term| sum.plus(&term)))
    };
    expect_all(&[
        (sum(1), "6x7x8", "6x7x8"),
        (sum(2), "6x7x8; 6x7x8", "6x7x8"),
        (sum(2), "6x7x8; 6x1x1", "6x7x8"),
        (sum(2), "1x7x1; 6x1x8", "6x7x8"),
        (sum(2), "6x7x8; [6, 1, 1]", "6x7x8"),
        (sum(2), "[8]; 6x7x1", "6x7x8"),
        (sum(2), "6x7x8; [1, 6, 7, 1]", "6x7x8"),
        (sum(3), "6x7x8; []; [7, 1]", "6x7x8"),
        (sum(2), "v6; [6]", "v6"),
        (sum(2), "N[2, 3]; [3]", "f32[N, 2, 3]"),
        (sum(2), "[2, 1]; [3]", "f32[2, 3]"),
        (sum(2), "[]; []", "f32[]"),
        (sum(2), "i32[2]; i32[1]", "i32[2]"),
        // An operand that only has its place counts.
        (
            Op::Pointwise(Pointwise::operand(1)),
            "[2, 1]; [3]",
            "f32[2, 3]",
        ),
    ]);
}
