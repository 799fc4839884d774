//! Inputs that operations do not take: too many, too few, left out, or of another kind.

use menagerie::graph::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, Concat, Conv2d, ConvTranspose2d,
    Crop, Dropout, Flatten, GlobalAveragePool, Interpolation, Linear, LocalResponseNorm, MaxPool,
    Number, Op, PRelu, Pad, Padding, Pointwise, Reshape, Resize, Softmax, Split, Window,
};
use menagerie::tensor::Dims;

use crate::types::expect_refused;

fn conv(window: Window, groups: usize) -> Op {
    Op::Conv2d(Conv2d { window, groups })
}

fn max_pool(window: Window) -> Op {
    Op::MaxPool(MaxPool { window })
}

fn sum_of(operands: usize) -> Op {
    let terms = (1..operands).map(Pointwise::operand);
    Op::Pointwise(terms.fold(Pointwise::operand(0), |sum, term| sum.plus(&term)))
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
        (Op::Pad(Pad { padding: border }), image, one),
        (Op::Crop(Crop { border }), image, one),
        (Op::Resize(resize), image, one),
        (Op::Reshape(Reshape { dims }), image, one),
        (Op::Flatten(Flatten), image, one),
        (Op::Dropout(Dropout), "", "expected 1 input, found 0"),
    ]);
}

#[test]
fn inputs_that_are_left_out_or_of_another_kind() {
    let square = Window::square(1, 1);
    let linear = Op::Linear(Linear::default());
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
            "expected an image, found nothing",
        ),
        (
            Op::Concat(Concat),
            "[1]",
            "expected an image or a vector, found f32[1]",
        ),
        (
            Op::Concat(Concat),
            "2x3x4; 2x4x3",
            "all inputs must have the same height and width, found 2x3x4 and 2x4x3",
        ),
        (
            Op::Concat(Concat),
            "2x1x1; v2",
            "all inputs must have the same height and width, found 2x1x1 and a vector of 2",
        ),
        (
            Op::Softmax(Softmax),
            "[3]",
            "expected an image or a vector, found f32[3]",
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
            "expected an image or a vector, found f32[1]",
        ),
    ]);
}

#[test]
fn parameters_of_another_shape() {
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(0.0),
    });
    let linear = |flattens| Op::Linear(Linear { flattens });
    expect_refused(&[
        (
            norm.clone(),
            "2x3x3; [3]; -; [2]; [2]",
            "expected a gamma of [2], found [3]",
        ),
        (
            norm.clone(),
            "2x3x3; -; [1]; [2]; [2]",
            "expected a beta of [2], found [1]",
        ),
        (
            norm.clone(),
            "2x3x3; -; -; [2, 1]; [2]",
            "expected a mean of [2], found [2, 1]",
        ),
        (
            norm.clone(),
            "2x3x3; -; -; [2]; []",
            "expected a variance of [2], found []",
        ),
        (
            norm,
            "2x3x3; -; -; [2]; i32[2]",
            "expected a variance of f32 that all images share, found i32[2]",
        ),
        (
            linear(false),
            "v6; [6]",
            "expected a weight of 2 dimensions, found [6]",
        ),
        (
            linear(false),
            "v6; [4, 5]",
            "expected 5 values, found 6x1x1",
        ),
        (
            linear(false),
            "6x2x2; [4, 24]",
            "expected a vector of 24, found 6x2x2",
        ),
        (
            linear(true),
            "6x2x2; [4, 6]",
            "expected 6 values, found 6x2x2",
        ),
        (
            linear(true),
            "6x2x2; [4, 24]; [5]",
            "expected a bias of [4], found [5]",
        ),
    ]);
}

#[test]
fn channels_and_extents_that_do_not_add_up() {
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
    let parts = "expected parts of at least 1 channel that make 6, found";
    expect_refused(&[
        (split(&[]), "6x2x2", &format!("{parts} []")),
        (split(&[6, 0]), "6x2x2", &format!("{parts} [6, 0]")),
        (split(&[3, 2]), "6x2x2", &format!("{parts} [3, 2]")),
        (
            split(&[usize::MAX, 7]),
            "v6",
            &format!("{parts} [18446744073709551615, 7]"),
        ),
        (reshape(&[5]), "6x2x2", "expected 24 values, found 5x1x1"),
        (
            reshape(&[2, 2]),
            "[6]",
            "expected 6 values, found f32[2, 2]",
        ),
        (
            reshape(&[1, 1, 1, 1, 1, 1]),
            "v1",
            "expected at most 6 dimensions, found [1, 1, 1, 1, 1, 1, 1]",
        ),
        (
            Op::Concat(Concat),
            "2147483647x1x1; 1x1x1",
            "expected dimensions from 1 to below 2^31, found [1, 2147483648, 1, 1]",
        ),
        (
            Op::Flatten(Flatten),
            "65536x32768x1",
            "expected dimensions from 1 to below 2^31, found [1, 2147483648]",
        ),
        (
            sum_of(2),
            "3x2x2; 2x1x1",
            "[1, 3, 2, 2] and [1, 2, 1, 1] do not broadcast",
        ),
        (
            sum_of(2),
            "[2]; i32[2]",
            "operands must have the same element type, found f32[2] and i32[2]",
        ),
        (
            sum_of(2),
            "3x2x2; v2",
            "the images of a vector of 2 do not broadcast with the other operands",
        ),
        (
            sum_of(2),
            "3x2x2; [5, 3, 2, 2]",
            "the images of f32[5, 3, 2, 2] do not broadcast with the other operands",
        ),
        (
            sum_of(2),
            "3x2x2; [2, 1, 1, 1, 1]",
            "the images of 3x2x2 do not broadcast with the other operands",
        ),
        (
            sum_of(2),
            "[2097152, 1]; [1048576]",
            "expected at most 2^40 values, found [2097152, 1048576]",
        ),
    ]);
}
