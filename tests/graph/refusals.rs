//! What operations do not take, and what they say.

use menagerie::ErrorKind;
use menagerie::graph::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, Concat, Conv2d, ConvTranspose2d,
    Crop, Dropout, Flatten, GlobalAveragePool, Graph, Interpolation, Linear, LocalResponseNorm,
    MaxPool, Number, Op, PRelu, Pad, Padding, Pointwise, Reshape, Resize, Softmax, Split, Window,
};
use menagerie::tensor::{Dims, Shape, Type};

use crate::types::{borrowed, inputs};

/// The least attribute that is too large.
const TOO_LARGE: usize = 1 << 31;

#[track_caller]
fn expect_all(cases: &[(Op, &str, &str)]) {
    let mut failures = Vec::new();
    for (op, text, expected) in cases {
        let types = inputs(text);
        let found = match op.infer(&borrowed(&types)) {
            Ok(results) => format!("{results:?}"),
            Err(error) if error.kind() != ErrorKind::Shape => {
                format!("{:?}: {error}", error.kind())
            }
            Err(error) => error.to_string(),
        };
        if found != *expected {
            failures.push(format!(
                "{op:?} of {text}:\n expected {expected}\n    found {found}"
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

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
    expect_all(&[
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
    expect_all(&[
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
            "both sides must have one shape, found 4x1x1 and a vector of 4",
        ),
        (
            Op::Add(Add::default()),
            "4x1x1; 4x1x2",
            "both sides must have one shape, found 4x1x1 and 4x1x2",
        ),
        (
            Op::PRelu(PRelu),
            "1x1x1; -",
            "expected a slope, found nothing",
        ),
        (
            Op::PRelu(PRelu),
            "1x2x2; [4, 1, 1]",
            "expected a slope that repeats along 1x2x2, found f32[4, 1, 1]",
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
            "all inputs must have one height and width, found 2x3x4 and 2x4x3",
        ),
        (
            Op::Concat(Concat),
            "2x1x1; v2",
            "all inputs must have one height and width, found 2x1x1 and a vector of 2",
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
fn convolutions() {
    let square = Window::square(2, 1);
    let up = |window, output_padding, groups| {
        Op::ConvTranspose2d(ConvTranspose2d {
            window,
            output_padding,
            groups,
        })
    };
    let weight = "4x6x6; [2, 4, 2, 2]";
    expect_all(&[
        (
            conv(square, 1),
            "4x6x6; [2, 4, 4]",
            "expected a weight of 4 dimensions, found [2, 4, 4]",
        ),
        (
            conv(square, 1),
            "4x6x6; [2, 3, 2, 2]",
            "expected a weight of [2, 4, 2, 2], found [2, 3, 2, 2]",
        ),
        (
            conv(square, 1),
            "4x6x6; [2, 4, 2, 3]",
            "expected a weight of [2, 4, 2, 2], found [2, 4, 2, 3]",
        ),
        (
            conv(square, 2),
            weight,
            "expected a weight of [2, 2, 2, 2], found [2, 4, 2, 2]",
        ),
        (
            conv(square, 1),
            "4x6x6; [2, 4, 2, 2]; [3]",
            "expected a bias of [2], found [3]",
        ),
        (
            conv(square, 1),
            "4x6x6; [2, 4, 2, 2]; [2, 1]",
            "expected a bias of [2], found [2, 1]",
        ),
        (
            conv(square, 0),
            weight,
            "0 groups must divide 4 input and 2 output channels",
        ),
        (
            conv(square, 3),
            weight,
            "3 groups must divide 4 input and 2 output channels",
        ),
        (
            conv(square, 4),
            weight,
            "4 groups must divide 4 input and 2 output channels",
        ),
        (
            conv(square, usize::MAX),
            weight,
            "18446744073709551615 groups must divide 4 input and 2 output channels",
        ),
        (
            conv(Window::square(7, 1), 1),
            "4x6x6; [2, 4, 7, 7]",
            "a window of 7x7 does not fit into 4x6x6",
        ),
        (
            conv(Window::square(7, 1).padded(1).rounded_up(), 1),
            "4x4x6; [2, 4, 7, 7]",
            "a window of 7x7 padding 1 ceil does not fit into 4x4x6",
        ),
        (
            up(square, [0, 0], 1),
            "4x6x6; [4, 4]",
            "expected a weight of 4 dimensions, found [4, 4]",
        ),
        (
            up(square, [0, 0], 1),
            "4x6x6; [3, 2, 2, 2]",
            "expected a weight of [4, 2, 2, 2], found [3, 2, 2, 2]",
        ),
        (
            up(square, [0, 0], 2),
            "4x6x6; [4, 2, 2, 2]; [2]",
            "expected a bias of [4], found [2]",
        ),
        (
            up(square, [0, 0], 3),
            "4x6x6; [4, 2, 2, 2]",
            "3 groups must divide 4 input and 6 output channels",
        ),
        (
            up(square, [0, 0], usize::MAX),
            "4x6x6; [4, 2, 2, 2]",
            "18446744073709551615 groups must divide 4 input and 18446744073709551615 output channels",
        ),
        (
            up(square, [1, 0], 1),
            "4x6x6; [4, 2, 2, 2]",
            "the output padding must be smaller than stride or dilation, found 1",
        ),
        (
            up(square, [0, usize::MAX], 1),
            "4x6x6; [4, 2, 2, 2]",
            "the output padding must be smaller than stride or dilation, found 18446744073709551615",
        ),
        (
            up(square.padded(4), [0, 0], 1),
            "4x6x7; [4, 2, 2, 2]",
            "cutting the border of 2x2 padding 4 leaves nothing of 4x6x7",
        ),
        (
            up(Window::square(2, TOO_LARGE / 4), [0, 0], 1),
            "4x6x6; [4, 2, 2, 2]",
            "the result must be below 2^31 pixels a side, found 2684354562",
        ),
    ]);
}

/// At the limit of what fits into the 32 bits of shaders, and just beyond it.
#[test]
fn windows() {
    let below = TOO_LARGE - 1;
    let image = "1x4x4; [1, 1, 1, 1]";
    let window = |edit: &dyn Fn(&mut Window)| {
        let mut window = Window::square(1, 1);
        edit(&mut window);
        conv(window, 1)
    };
    expect_all(&[
        (
            window(&|window| window.kernel = [0, 1]),
            image,
            "kernel, stride and dilation must be at least 1, found 0x1",
        ),
        (
            window(&|window| window.stride = [1, 0]),
            image,
            "kernel, stride and dilation must be at least 1, found 1x1 stride 1,0",
        ),
        (
            window(&|window| window.dilation = [0, 0]),
            image,
            "kernel, stride and dilation must be at least 1, found 1x1 dilation 0",
        ),
        (
            window(&|window| window.kernel = [TOO_LARGE, 1]),
            image,
            "kernel, stride and dilation must be below 2^31, as the window's extent, found 2147483648x1",
        ),
        (
            window(&|window| window.stride = [1, usize::MAX]),
            image,
            "kernel, stride and dilation must be below 2^31, as the window's extent, found 1x1 stride \
             1,18446744073709551615",
        ),
        (
            window(&|window| window.dilation = [TOO_LARGE, 1]),
            image,
            "kernel, stride and dilation must be below 2^31, as the window's extent, found 1x1 dilation \
             2147483648,1",
        ),
        (
            window(&|window| (window.kernel, window.dilation) = ([below, 1], [2, 1])),
            image,
            "kernel, stride and dilation must be below 2^31, as the window's extent, found 2147483647x1 \
             dilation 2,1",
        ),
        (
            window(&|window| window.kernel = [1 << 16, 1 << 15]),
            image,
            "kernel, stride and dilation must be of less than 2^31 taps, found 65536x32768",
        ),
        (
            window(&|window| window.padding = Padding::all(TOO_LARGE)),
            image,
            "a border must be below 2^31 pixels, found 2147483648",
        ),
        (
            window(&|window| window.padding.right = usize::MAX),
            image,
            "a border must be below 2^31 pixels, found 0,0,0,18446744073709551615",
        ),
        (
            window(&|window| window.padding.top = below - 3),
            image,
            "1x4x4 with the border of 1x1 padding 2147483644,0,0,0 must be below 2^31 pixels a side",
        ),
        (
            window(&|window| window.padding = Padding::all(below)),
            image,
            "1x4x4 with the border of 1x1 padding 2147483647 must be below 2^31 pixels a side",
        ),
    ]);
    // The largest of each that there can be.
    for sound in [
        window(&|window| window.stride = [below, below]),
        window(&|window| window.dilation = [below, below]),
        window(&|window| window.padding.top = below - 4),
    ] {
        let types = inputs(image);
        sound.infer(&borrowed(&types)).unwrap();
    }
}

#[test]
fn pools_and_other_sizes() {
    let adaptive = |height, width| Op::AdaptiveAveragePool(AdaptiveAveragePool { height, width });
    let mean = AveragePool {
        window: Window::square(2, 1).padded(2),
        count_padding: true,
    };
    let resize = |height, width| {
        Op::Resize(Resize {
            height,
            width,
            interpolation: Interpolation::Nearest,
        })
    };
    let pad = |padding| Op::Pad(Pad { padding });
    let crop = |border| Op::Crop(Crop { border });
    let image = "4x6x6";
    let half = TOO_LARGE - 1;
    expect_all(&[
        (
            max_pool(Window::square(2, 2).padded(2)),
            image,
            "the border of 2x2 stride 2 padding 2 must be smaller than the window",
        ),
        (
            Op::AveragePool(mean),
            image,
            "the border of 2x2 padding 2 must be smaller than the window",
        ),
        (
            max_pool(Window::square(7, 1)),
            image,
            "a window of 7x7 does not fit into 4x6x6",
        ),
        (
            max_pool(Window::square(0, 1)),
            image,
            "kernel, stride and dilation must be at least 1, found 0x0",
        ),
        (adaptive(0, 1), image, "a grid of 0x1 does not fit on 4x6x6"),
        (
            adaptive(1, usize::MAX),
            image,
            "a grid of 1x18446744073709551615 does not fit on 4x6x6",
        ),
        (
            adaptive(TOO_LARGE / 6, 1),
            image,
            "a grid of 357913941x1 does not fit on 4x6x6",
        ),
        (
            resize(0, 1),
            image,
            "sides must be between 1 and 32768, found 4x6x6 to 4x0x1",
        ),
        (
            resize(1, 32769),
            image,
            "sides must be between 1 and 32768, found 4x6x6 to 4x1x32769",
        ),
        (
            resize(1, 1),
            "4x6x32769",
            "sides must be between 1 and 32768, found 4x6x32769 to 4x1x1",
        ),
        (
            pad(Padding::all(TOO_LARGE)),
            image,
            "a border must be below 2^31 pixels, found 2147483648",
        ),
        (
            pad(Padding::all(half)),
            image,
            "expected dimensions from 1 to below 2^31, found [1, 4, 4294967300, 4294967300]",
        ),
        (
            pad(Padding::all(1 << 21)),
            image,
            "expected at most 2^40 values, found [1, 4, 4194310, 4194310]",
        ),
        (
            crop(Padding::all(3)),
            image,
            "cutting off 3 leaves nothing of 4x6x6",
        ),
        (
            crop(Padding::all(usize::MAX)),
            image,
            "a border must be below 2^31 pixels, found 18446744073709551615",
        ),
        (
            crop(Padding::all(half)),
            image,
            "cutting off 2147483647 leaves nothing of 4x6x6",
        ),
    ]);
}

#[test]
fn parameters_of_another_shape() {
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(0.0),
    });
    let linear = |flattens| Op::Linear(Linear { flattens });
    expect_all(&[
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
fn numbers_that_devices_cannot_compute_with() {
    let norm = |epsilon| {
        Op::BatchNorm(BatchNorm {
            epsilon: Number(epsilon),
        })
    };
    let add = |scale| {
        Op::Add(Add {
            scale: Number(scale),
        })
    };
    let local = |size, alpha, beta, k| {
        Op::LocalResponseNorm(LocalResponseNorm {
            size,
            alpha: Number(alpha),
            beta: Number(beta),
            k: Number(k),
        })
    };
    let elu = |alpha| {
        Op::Activation(Activation::Elu {
            alpha: Number(alpha),
        })
    };
    let leaky = |slope| {
        Op::Activation(Activation::LeakyRelu {
            slope: Number(slope),
        })
    };
    let x = Pointwise::identity();
    let of = |expression: Pointwise| Op::Pointwise(expression);
    let normed = "2x3x3; -; -; [2]; [2]";
    expect_all(&[
        (
            norm(-1e-9),
            normed,
            "expected an epsilon of at least 0 that is finite in f32, found -1e-9",
        ),
        (
            norm(f64::NAN),
            normed,
            "expected an epsilon of at least 0 that is finite in f32, found NaN",
        ),
        (
            norm(1e39),
            normed,
            "expected an epsilon of at least 0 that is finite in f32, found 1e39",
        ),
        (
            add(f64::NAN),
            "v1; v1",
            "expected a scale that is finite in f32, found NaN",
        ),
        (
            add(f64::NEG_INFINITY),
            "v1; v1",
            "expected a scale that is finite in f32, found -inf",
        ),
        (
            add(1e39),
            "v1; v1",
            "expected a scale that is finite in f32, found 1e39",
        ),
        (
            elu(f64::INFINITY),
            "v1",
            "expected an alpha that is finite in f32, found inf",
        ),
        (
            leaky(f64::NAN),
            "v1",
            "expected a slope that is finite in f32, found NaN",
        ),
        (
            local(4, 1.0, 1.0, 1.0),
            "v4",
            "a neighbourhood must have an odd number of channels below 2^31, found 4",
        ),
        (
            local(TOO_LARGE + 1, 1.0, 1.0, 1.0),
            "v4",
            "a neighbourhood must have an odd number of channels below 2^31, found 2147483649",
        ),
        (
            local(1, -1.0, 1.0, 1.0),
            "v4",
            "k must be above 0, alpha at least 0 and all finite in f32, found over 1 channels, alpha -1, beta 1, k 1",
        ),
        (
            local(1, 1.0, f64::NAN, 1.0),
            "v4",
            "k must be above 0, alpha at least 0 and all finite in f32, found over 1 channels, alpha 1, beta NaN, k 1",
        ),
        (
            local(1, 1.0, 1.0, 1e-60),
            "v4",
            "k must be above 0, alpha at least 0 and all finite in f32, found over 1 channels, alpha 1, beta 1, k 1e-60",
        ),
        (
            of(x.plus(&Pointwise::constant(f64::NAN))),
            "v1",
            "expected numbers that are finite in f32, found NaN",
        ),
        (
            of(x.plus(&Pointwise::constant(-1e300))),
            "v1",
            "expected numbers that are finite in f32, found -1e300",
        ),
        (
            of(x.clamp(1.0, 0.0)),
            "v1",
            "expected the bounds of a clamp in order, and finite in f32 or none, found 1 and 0",
        ),
        (
            of(x.clamp(f64::NAN, 0.0)),
            "v1",
            "expected the bounds of a clamp in order, and finite in f32 or none, found NaN and 0",
        ),
        (
            of(x.clamp(f64::INFINITY, f64::INFINITY)),
            "v1",
            "expected the bounds of a clamp in order, and finite in f32 or none, found inf and inf",
        ),
        (
            of(Pointwise::constant(1.0)),
            "",
            "1 has no operand to compute with",
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
    expect_all(&[
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
            "[1, 3, 2, 2] and [1, 2, 1, 1] do not go together",
        ),
        (
            sum_of(2),
            "[2]; i32[2]",
            "operands must be of one element, found f32[2] and i32[2]",
        ),
        (
            sum_of(2),
            "3x2x2; v2",
            "the images of a vector of 2 do not go together with those of the others",
        ),
        (
            sum_of(2),
            "3x2x2; [5, 3, 2, 2]",
            "the images of f32[5, 3, 2, 2] do not go together with those of the others",
        ),
        (
            sum_of(2),
            "3x2x2; [2, 1, 1, 1, 1]",
            "the images of 3x2x2 do not go together with those of the others",
        ),
        (
            sum_of(2),
            "[2097152, 1]; [1048576]",
            "expected at most 2^40 values, found [2097152, 1048576]",
        ),
    ]);
}

/// The graph names the node, the kind and what it was given.
#[test]
fn a_graph_names_the_node() {
    let mut graph = Graph::new("net");
    let image = Type::image(Shape::new(3, 4, 4)).unwrap();
    let x = graph.add_input("input", image).unwrap();
    let weight = Type::shared(menagerie::tensor::Element::F32, &[8, 3, 5, 5]).unwrap();
    let weight = graph.add_stored("weight", weight, true).unwrap();
    let op = conv(Window::square(5, 1), 1);
    let error = graph.add("stem.conv", op, vec![Some(x), Some(weight), None]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "stem.conv (conv2d) cannot take [3x4x4, f32[8, 3, 5, 5], nothing]: a window of 5x5 does not fit into \
         3x4x4"
    );
    assert_eq!(graph.nodes().len(), 0, "what is refused is not added");
    assert_eq!(graph.values().len(), 2);
}

#[test]
fn values_of_other_graphs() {
    let mut other = Graph::new("other");
    let image = Type::image(Shape::new(3, 4, 4)).unwrap();
    let strangers = ["a", "b"].map(|name| other.add_input(name, image).unwrap());
    let mut graph = Graph::new("net");
    graph.add_input("input", image).unwrap();
    let relu = Op::Activation(Activation::Relu);
    for (error, message) in [
        (
            graph
                .add("relu", relu, vec![Some(strangers[1])])
                .map(|_| ()),
            "relu: there is no value %1",
        ),
        (
            graph.add_output("output", strangers[1]).map(|_| ()),
            "output: there is no value %1",
        ),
    ] {
        let error = error.unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Shape, message)
        );
    }
}
