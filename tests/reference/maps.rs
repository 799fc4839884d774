//! Operations of the reference executor that change the size of maps, and normalisation across channels,
//! against results worked out by hand.

use menagerie::Tensor;
use menagerie::graph::{
    ConvTranspose2d, Crop, GroupNorm, Interpolation, LayerNorm, LocalResponseNorm, Number, Op,
    Padding, Resize, Window,
};
use menagerie::reference::Operand;
use menagerie::tensor::{Element, Shape, Type};

use crate::common::operation::{counting, evaluate_one, expect_all, parameter, tensor};

fn transposed(window: Window) -> ConvTranspose2d {
    ConvTranspose2d {
        window,
        output_padding: [0, 0],
        groups: 1,
    }
}

#[test]
fn transposed_convolutions() {
    let square = parameter(&[1, 1, 2, 2], &[1.0, 10.0, 100.0, 1000.0]);
    let halves = transposed(Window::square(2, 2));
    let overlapping = transposed(Window::square(2, 1));
    let bordered = |op: ConvTranspose2d| ConvTranspose2d {
        window: Window {
            padding: Padding::all(1),
            ..op.window
        },
        ..op
    };
    let longer = ConvTranspose2d {
        output_padding: [1, 1],
        ..bordered(halves)
    };
    let matrix = parameter(&[2, 2, 1, 1], &[1.0, 2.0, 3.0, 4.0]);
    let mixing = transposed(Window::square(1, 1));
    let pair = parameter(&[2, 1, 1, 1], &[2.0, 3.0]);
    let bias = parameter(&[2], &[1.0, -100.0]);
    let apart = ConvTranspose2d {
        groups: 2,
        ..mixing
    };
    let image = counting([1, 2, 2]);
    let vectors = counting([2, 1, 2]);
    let run_with = |op, input: &Tensor, weight: &Operand<'_>, bias| {
        evaluate_one(&Op::ConvTranspose2d(op), &[input], &[Some(weight), bias])
    };
    let run = |op, input: &Tensor| run_with(op, input, &square, None);
    expect_all(vec![
        (
            "stride 2: taps side by side",
            run(halves, &image),
            tensor(
                1,
                [1, 4, 4],
                &[
                    1.0, 10.0, 2.0, 20.0, 100.0, 1000.0, 200.0, 2000.0, 3.0, 30.0, 4.0, 40.0,
                    300.0, 3000.0, 400.0, 4000.0,
                ],
            ),
        ),
        (
            "stride 1: taps overlap",
            run(overlapping, &image),
            tensor(
                1,
                [1, 3, 3],
                &[
                    1.0, 12.0, 20.0, 103.0, 1234.0, 2040.0, 300.0, 3400.0, 4000.0,
                ],
            ),
        ),
        (
            "the border is cut off",
            run(bordered(overlapping), &image),
            tensor(1, [1, 1, 1], &[1234.0]),
        ),
        (
            "output padding gives it back at the end",
            run(longer, &image),
            tensor(
                1,
                [1, 3, 3],
                &[
                    1000.0, 200.0, 2000.0, 30.0, 4.0, 40.0, 3000.0, 400.0, 4000.0,
                ],
            ),
        ),
        (
            "the weight is in, out",
            run_with(mixing, &vectors, &matrix, None),
            tensor(1, [2, 1, 2], &[10.0, 14.0, 14.0, 20.0]),
        ),
        (
            "groups and bias",
            run_with(apart, &vectors, &pair, Some(&bias)),
            tensor(1, [2, 1, 2], &[3.0, 5.0, -91.0, -88.0]),
        ),
    ]);
}

#[test]
fn other_sizes() {
    let resize = |[height, width]: [usize; 2], interpolation| {
        Op::Resize(Resize {
            height,
            width,
            interpolation,
        })
    };
    let nearest = Interpolation::Nearest;
    let bilinear = |align_corners| Interpolation::Bilinear { align_corners };
    let row = tensor(1, [1, 1, 2], &[0.0, 4.0]);
    let square = tensor(1, [1, 2, 2], &[0.0, 4.0, 8.0, 12.0]);
    let border = Padding {
        top: 1,
        left: 2,
        bottom: 0,
        right: 1,
    };
    expect_all(vec![
        (
            "nearest, larger",
            evaluate_one(&resize([1, 4], nearest), &[&row], &[]),
            tensor(1, [1, 1, 4], &[0.0, 0.0, 4.0, 4.0]),
        ),
        (
            "nearest, smaller",
            evaluate_one(&resize([1, 2], nearest), &[&counting([1, 1, 5])], &[]),
            tensor(1, [1, 1, 2], &[1.0, 3.0]),
        ),
        (
            "bilinear: the image's corners stay",
            evaluate_one(&resize([1, 4], bilinear(false)), &[&row], &[]),
            tensor(1, [1, 1, 4], &[0.0, 1.0, 3.0, 4.0]),
        ),
        (
            "bilinear: the corner pixels' centres stay",
            evaluate_one(&resize([3, 3], bilinear(true)), &[&square], &[]),
            tensor(
                1,
                [1, 3, 3],
                &[0.0, 2.0, 4.0, 4.0, 6.0, 8.0, 8.0, 10.0, 12.0],
            ),
        ),
        (
            "bilinear to a single pixel",
            evaluate_one(&resize([1, 1], bilinear(true)), &[&square], &[]),
            tensor(1, [1, 1, 1], &[0.0]),
        ),
        (
            "crop",
            evaluate_one(&Op::Crop(Crop { border }), &[&counting([1, 3, 4])], &[]),
            tensor(1, [1, 2, 1], &[7.0, 11.0]),
        ),
    ]);
}

#[test]
fn layer_normalisation() {
    // The first pixel has a mean of 2 and a variance of 1, the second a mean of 5 and no variance.
    let x = tensor(1, [2, 1, 2], &[1.0, 5.0, 3.0, 5.0]);
    let norm = Op::LayerNorm(LayerNorm {
        epsilon: Number(3.0),
    });
    let (gamma, beta) = (parameter(&[2], &[2.0, 4.0]), parameter(&[2], &[10.0, 20.0]));
    expect_all(vec![
        (
            "the channels of a pixel are normalised together",
            evaluate_one(&norm, &[&x], &[Some(&gamma), Some(&beta)]),
            tensor(1, [2, 1, 2], &[9.0, 10.0, 22.0, 20.0]),
        ),
        (
            "without a beta",
            evaluate_one(&norm, &[&x], &[Some(&gamma), None]),
            tensor(1, [2, 1, 2], &[-1.0, 0.0, 2.0, 0.0]),
        ),
        (
            "a vector, in two images",
            evaluate_one(
                &norm,
                &[&tensor(2, [2, 1, 1], &[1.0, 3.0, 9.0, 7.0])],
                &[Some(&gamma), Some(&beta)],
            ),
            tensor(2, [2, 1, 1], &[9.0, 22.0, 11.0, 18.0]),
        ),
    ]);
}

#[test]
fn group_normalisation() {
    // The first group has a mean of 2 and a variance of 1, the second a mean of 5 and no variance.
    let x = [1.0, 3.0, 1.0, 3.0, 5.0, 5.0, 5.0, 5.0];
    let norm = Op::GroupNorm(GroupNorm {
        groups: 2,
        epsilon: Number(3.0),
    });
    let gamma = parameter(&[4], &[2.0, 4.0, 1.0, 1.0]);
    let beta = parameter(&[4], &[10.0, 20.0, 30.0, 40.0]);
    let scaled = [9.0, 11.0, 18.0, 22.0, 30.0, 30.0, 40.0, 40.0];
    let centred = [-1.0, 1.0, -2.0, 2.0, 0.0, 0.0, 0.0, 0.0];
    expect_all(vec![
        (
            "the pixels of a group are normalised together",
            evaluate_one(
                &norm,
                &[&tensor(1, [4, 1, 2], &x)],
                &[Some(&gamma), Some(&beta)],
            ),
            tensor(1, [4, 1, 2], &scaled),
        ),
        (
            "without a beta, in two images",
            evaluate_one(
                &norm,
                &[&tensor(2, [4, 1, 2], &[x, x].concat())],
                &[Some(&gamma), None],
            ),
            tensor(2, [4, 1, 2], &[centred, centred].concat()),
        ),
    ]);
}

#[test]
fn local_response_normalisation() {
    let norm = |size, alpha, beta| {
        Op::LocalResponseNorm(LocalResponseNorm {
            size,
            alpha: Number(alpha),
            beta: Number(beta),
            k: Number(1.0),
        })
    };
    expect_all(vec![
        (
            "the neighbours count, alpha is a mean's weight, beta the power",
            evaluate_one(&norm(3, 3.0, 1.0), &[&counting([3, 1, 1])], &[]),
            tensor(1, [3, 1, 1], &[1.0 / 6.0, 2.0 / 15.0, 3.0 / 14.0]),
        ),
        (
            "a channel by itself, in two images",
            evaluate_one(
                &norm(1, 1.0, 0.5),
                &[&tensor(2, [1, 1, 1], &[0.0, 3.0f32.sqrt()])],
                &[],
            )
            .map(|result| tensor(2, [1, 1, 1], &[result.data()[0], result.data()[1] * 2.0])),
            tensor(2, [1, 1, 1], &[0.0, 3.0f32.sqrt()]),
        ),
    ]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let transposed = |edit: &dyn Fn(&mut ConvTranspose2d)| {
        let mut op = transposed(Window::square(2, 2));
        edit(&mut op);
        (Op::ConvTranspose2d(op), Some([4, 2, 2, 2]))
    };
    let norm = |size, k| {
        Op::LocalResponseNorm(LocalResponseNorm {
            size,
            alpha: Number(1.0),
            beta: Number(0.75),
            k: Number(k),
        })
    };
    let resize = |height| {
        Op::Resize(Resize {
            height,
            width: 1,
            interpolation: Interpolation::Nearest,
        })
    };
    let border = Padding::all(3);
    let cases = [
        (
            (transposed(&|_| ()).0, Some([3, 2, 2, 2])),
            "expected a weight of [4, 2, 2, 2], found [3, 2, 2, 2]",
        ),
        (
            transposed(&|op| op.groups = 3),
            "3 groups must divide 4 input and 6 output channels",
        ),
        (
            transposed(&|op| op.groups = 0),
            "0 groups must divide 4 input and 0 output channels",
        ),
        (
            transposed(&|op| op.window.stride = [2, 0]),
            "kernel, stride and dilation must be at least 1, found 2x2 stride 2,0",
        ),
        (
            transposed(&|op| op.output_padding = [0, 2]),
            "the output padding must be smaller than stride or dilation, found 2",
        ),
        (
            transposed(&|op| op.window.padding = Padding::all(6)),
            "cropping the padding of 2x2 stride 2 padding 6 leaves nothing of 4x6x6",
        ),
        (
            (Op::Crop(Crop { border }), None),
            "cropping 3 leaves nothing of 4x6x6",
        ),
        (
            (norm(4, 1.0), None),
            "a neighbourhood must have an odd number of channels below 2^31, found 4",
        ),
        (
            (norm(3, f64::NAN), None),
            "k must be above 0, alpha at least 0 and all finite in f32, found over 3 channels, alpha 1, beta 0.75, k NaN",
        ),
        (
            (resize(0), None),
            "sides must be between 1 and 32768, found 4x6x6 to 4x0x1",
        ),
        (
            (resize(32769), None),
            "sides must be between 1 and 32768, found 4x6x6 to 4x32769x1",
        ),
    ];
    let image = Type::image(Shape::new(4, 6, 6)).unwrap();
    for ((op, weight), message) in cases {
        let weight = weight.map(|extents| Type::shared(Element::F32, &extents).unwrap());
        let inputs = [Some(&image)].into_iter().chain(weight.as_ref().map(Some));
        let error = op.infer(&inputs.collect::<Vec<_>>()).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}
