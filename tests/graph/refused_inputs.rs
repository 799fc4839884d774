//! Inputs that operations do not take: too many, too few, left out, or of another kind.

use menagerie::graph::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, Concat, Conv2d, ConvTranspose2d,
    Crop, Dropout, Flatten, GlobalAveragePool, Interpolation, LayerNorm, Linear, LocalResponseNorm,
    MatMul, MaxPool, Number, Op, PRelu, Pad, Padding, Pointwise, Reduce, Reduction, Relayout,
    Reshape, Resize, Softmax, Split, Transpose, Window,
};
use menagerie::tensor::{Dims, Layout};

use crate::types::{expect_refused, sum_of};

fn conv(window: Window, groups: usize) -> Op {
    Op::Conv2d(Conv2d { window, groups })
}

fn max_pool(window: Window) -> Op {
    Op::MaxPool(MaxPool { window })
}

fn layer_norm() -> Op {
    Op::LayerNorm(LayerNorm {
        epsilon: Number(1.0),
    })
}

#[test]
fn another_number_of_inputs() {
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(0.0),
    });
    let square = Window::square(1, 1);
    let up = Op::ConvTranspose2d(ConvTranspose2d {
        window: square,
        output_padding: [0, 0],
        groups: 1,
    });
    let image = "1x1x1; 1x1x1";
    let border = Padding::default();
    let one = "expected 1 input, found 2";
    let grid = AdaptiveAveragePool {
        height: 1,
        width: 1,
    };
    let mean = AveragePool {
        window: square,
        count_padding: false,
    };
    let local = LocalResponseNorm {
        size: 1,
        alpha: Number(1.0),
        beta: Number(1.0),
        k: Number(1.0),
    };
    let resize = Resize {
        height: 1,
        width: 1,
        interpolation: Interpolation::Nearest,
    };
    let dims = Dims::SCALAR;
    let transpose = Op::Transpose(Transpose { axes: vec![0] });
    let relayout = Op::Relayout(Relayout {
        layout: Layout::channels_last(4),
    });
    expect_refused(&[
        (conv(square, 1), "1x1x1", "expected 2 to 3 inputs, found 1"),
        (conv(square, 1), "", "expected 2 to 3 inputs, found 0"),
        (
            conv(square, 1),
            "1x1x1; [1]; [1]; [1]",
            "expected 2 to 3 inputs, found 4",
        ),
        (up, "1x1x1", "expected 2 to 3 inputs, found 1"),
        (
            Op::Linear(Linear::default()),
            "v1",
            "expected 2 to 3 inputs, found 1",
        ),
        (norm, "1x1x1; [1]; [1]; [1]", "expected 5 inputs, found 4"),
        (
            layer_norm(),
            "1x1x1; [1]; [1]; [1]",
            "expected 2 to 3 inputs, found 4",
        ),
        (Op::Add(Add::default()), "v1", "expected 2 inputs, found 1"),
        (Op::PRelu(PRelu), "v1", "expected 2 inputs, found 1"),
        (Op::Concat(Concat), "", "expected at least 1 input, found 0"),
        (sum_of(3), image, "expected 3 inputs, found 2"),
        (sum_of(1), image, one),
        (
            Op::Pointwise(Pointwise::operand(usize::MAX)),
            image,
            "expected 18446744073709551615 inputs, found 2",
        ),
        (Op::Split(Split { channels: vec![1] }), image, one),
        (Op::LocalResponseNorm(local), image, one),
        (Op::Activation(Activation::Relu), image, one),
        (max_pool(square), image, one),
        (Op::AveragePool(mean), image, one),
        (Op::AdaptiveAveragePool(grid), image, one),
        (Op::GlobalAveragePool(GlobalAveragePool), image, one),
        (Op::Softmax(Softmax), image, one),
        (Op::Pad(Pad::zeros(border)), image, one),
        (Op::Crop(Crop { border }), image, one),
        (Op::Resize(resize), image, one),
        (Op::Reshape(Reshape { dims }), image, one),
        (transpose, image, one),
        (relayout, image, one),
        (Op::Flatten(Flatten), image, one),
        (Op::Dropout(Dropout), "", "expected 1 input, found 0"),
    ]);
}

#[test]
fn inputs_that_are_left_out_or_of_another_kind() {
    let square = Window::square(1, 1);
    let linear = Op::Linear(Linear::default());
    let reduce = |axes: &[usize]| {
        Op::Reduce(Reduce {
            reduction: Reduction::Sum,
            axes: axes.to_vec(),
        })
    };
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(0.0),
    });
    expect_refused(&[
        (
            conv(square, 1),
            "-; [1, 1, 1, 1]",
            "expected an image, found nothing",
        ),
        (
            conv(square, 1),
            "1x1x1; -",
            "expected a weight, found nothing",
        ),
        (
            conv(square, 1),
            "v1; [1, 1, 1, 1]",
            "expected an image, found a vector of 1",
        ),
        (
            conv(square, 1),
            "[1, 1, 1]; [1, 1, 1, 1]",
            "expected an image, found f32[1, 1, 1]",
        ),
        (
            conv(square, 1),
            "1x1x1; 1x1x1",
            "expected a weight of f32 that all images share, found 1x1x1",
        ),
        (
            conv(square, 1),
            "1x1x1; f16[1, 1, 1, 1]",
            "expected a weight of f32 that all images share, found f16[1, 1, 1, 1]",
        ),
        (
            conv(square, 1),
            "1x1x1; [1, 1, 1, 1]; v1",
            "expected a bias of f32 that all images share, found 1x1x1",
        ),
        (
            Op::Relayout(Relayout {
                layout: Layout::channels_last(4),
            }),
            "v6",
            "the layout (2, 3 | 1) needs a value per image with 4 axes, found 6x1x1",
        ),
        (
            Op::Relayout(Relayout {
                layout: Layout::channels_last(2),
            }),
            "[1, 6]",
            "the layout (| 1) needs a value per image with 2 axes, found f32[1, 6]",
        ),
        (
            Op::Softmax(Softmax),
            "N[]",
            "expected channels, found f32[N]",
        ),
        (reduce(&[1]), "2x2x2; 2x2x2", "expected 1 input, found 2"),
        (
            reduce(&[1]),
            "[2, 2]",
            "expected f32 for each image, found f32[2, 2]",
        ),
        (
            reduce(&[]),
            "2x2x2",
            "expected axes of 2x2x2 in ascending order, found []",
        ),
        (
            reduce(&[1, 1]),
            "2x2x2",
            "expected axes of 2x2x2 in ascending order, found [1, 1]",
        ),
        (
            reduce(&[3]),
            "2x2x2",
            "expected axes of 2x2x2 in ascending order, found [3]",
        ),
        (
            Op::MatMul(MatMul),
            "N[2, 3]; N[2, 3]",
            "expected matrices that can be multiplied, found f32[N, 2, 3] and f32[N, 2, 3]",
        ),
        (
            Op::MatMul(MatMul),
            "N[2, 2, 3]; N[3, 3, 4]",
            "expected matrices that can be multiplied, found 2x2x3 and 3x3x4",
        ),
        (
            Op::MatMul(MatMul),
            "v3; v3",
            "expected matrices that can be multiplied, found 3x1x1 and 3x1x1",
        ),
        (
            Op::MatMul(MatMul),
            "N[2, 3]; [3, 4]",
            "expected f32 for each image, found f32[3, 4]",
        ),
        (
            linear.clone(),
            "N[2, 3]; [1, 6]",
            "expected an image or a vector, found f32[N, 2, 3]",
        ),
        (linear, "-; [1, 6]", "expected an image, found nothing"),
        (
            norm.clone(),
            "2x1x1; -; -; -; [2]",
            "expected a mean, found nothing",
        ),
        (
            norm,
            "2x1x1; -; -; [2]; -",
            "expected a variance, found nothing",
        ),
        (
            Op::Add(Add::default()),
            "1x1x1; -",
            "expected an input, found nothing",
        ),
        (
            Op::Add(Add::default()),
            "4x1x1; v4",
            "both inputs must have the same shape, found 4x1x1 and a vector of 4",
        ),
        (
            Op::Add(Add::default()),
            "4x1x1; 4x1x2",
            "both inputs must have the same shape, found 4x1x1 and 4x1x2",
        ),
        (
            Op::PRelu(PRelu),
            "1x1x1; -",
            "expected a slope, found nothing",
        ),
        (
            Op::PRelu(PRelu),
            "1x2x2; [4, 1, 1]",
            "expected a slope that broadcasts to 1x2x2, found f32[4, 1, 1]",
        ),
        (sum_of(2), "1x1x1; -", "expected an operand, found nothing"),
        (
            Op::Concat(Concat),
            "1x1x1; -",
            "expected an input, found nothing",
        ),
        (
            Op::Concat(Concat),
            "[1]",
            "expected f32 for each image, found f32[1]",
        ),
        (
            Op::Concat(Concat),
            "2x3x4; 2x4x3",
            "all inputs must have the same extents but channels, found 2x3x4 and 2x4x3",
        ),
        (
            Op::Concat(Concat),
            "2x1x1; v2",
            "all inputs must have the same extents but channels, found 2x1x1 and a vector of 2",
        ),
        (
            layer_norm(),
            "[3]; [3]",
            "expected f32 for each image, found f32[3]",
        ),
        (layer_norm(), "v3; -", "expected a gamma, found nothing"),
        (
            Op::Softmax(Softmax),
            "[3]",
            "expected f32 for each image, found f32[3]",
        ),
        (
            Op::Flatten(Flatten),
            "i32[3]",
            "expected an image or a vector, found i32[3]",
        ),
        (
            max_pool(square),
            "v3",
            "expected an image, found a vector of 3",
        ),
        (
            Op::GlobalAveragePool(GlobalAveragePool),
            "[3]",
            "expected an image or a vector, found f32[3]",
        ),
        (
            Op::Split(Split { channels: vec![1] }),
            "[1]",
            "expected f32 for each image, found f32[1]",
        ),
    ]);
}
