//! Operations of the reference executor that slide no window, against results worked out by hand, and
//! what none of them takes.

use menagerie::graph::{
    Activation, AdaptiveAveragePool, Add, BatchNorm, Concat, Conv2d, Dropout, Expand, Flatten,
    Linear, MatMul, Number, Op, PRelu, Pad, Padding, Pointwise, Reduce, Reduction, Relayout,
    Reshape, Slice, SliceAxis, Softmax, Transpose, Window,
};
use menagerie::reference::Operand;
use menagerie::tensor::{Dims, Layout, Shape};
use menagerie::{ErrorKind, Tensor};

use crate::common::operation::{counting, evaluate_one, expect_all, parameter, tensor};

#[test]
fn value_by_value() {
    let gamma = parameter(&[2], &[2.0, -1.0]);
    let beta = parameter(&[2], &[0.5, 0.0]);
    let mean = parameter(&[2], &[1.0, -1.0]);
    let variance = parameter(&[2], &[3.0, 1.25]);
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(1.0),
    });
    let norm = |x: &Tensor, gamma, beta| {
        evaluate_one(&norm, &[x], &[gamma, beta, Some(&mean), Some(&variance)])
    };
    let x = tensor(2, [2, 1, 2], &[1.0, 2.0, -4.0, 2.0, 9.0, 0.0, -1.0, 0.5]);
    let y = tensor(2, [2, 1, 2], &[0.5, -3.0, 3.0, 4.5, -9.5, 0.0, 1.0, 0.0]);
    let of_one = |op: Op| evaluate_one(&op, &[&x], &[]);
    let add = |scale: f64| {
        let add = Op::Add(Add {
            scale: Number(scale),
        });
        evaluate_one(&add, &[&x, &y], &[])
    };
    // The second operand of each value, or of each channel.
    let product = Op::Pointwise(Pointwise::operand(0).times(&Pointwise::operand(1)));
    let gate = parameter(&[2, 1, 1], &[2.0, -1.0]);
    let slope = parameter(&[2, 1, 1], &[0.5, 0.25]);
    let flat = Dims::new(&[4]).unwrap();
    let shape = [2, 1, 2];
    let transpose = |axes: &[usize]| {
        Op::Transpose(Transpose {
            axes: axes.to_vec(),
        })
    };
    let reduce = |reduction, axes: &[usize]| {
        Op::Reduce(Reduce {
            reduction,
            axes: axes.to_vec(),
        })
    };
    expect_all(vec![
        (
            "batch_norm: (x - 1) / 2 * 2 + 0.5, (x + 1) / 1.5 * -1",
            norm(&x, Some(&gamma), Some(&beta)),
            tensor(2, shape, &[0.5, 1.5, 2.0, -2.0, 8.5, -0.5, 0.0, -1.0]),
        ),
        (
            "batch_norm without gamma: (x - 1) / 2 + 0.5, (x + 1) / 1.5",
            norm(&x, None, Some(&beta)),
            tensor(2, shape, &[0.5, 1.0, -2.0, 2.0, 4.5, 0.0, 0.0, 1.0]),
        ),
        (
            "batch_norm without beta: (x - 1) / 2 * 2, (x + 1) / 1.5 * -1",
            norm(&x, Some(&gamma), None),
            tensor(2, shape, &[0.0, 1.0, 2.0, -2.0, 8.0, -1.0, 0.0, -1.0]),
        ),
        (
            "relu",
            of_one(Op::Activation(Activation::Relu)),
            tensor(2, shape, &[1.0, 2.0, 0.0, 2.0, 9.0, 0.0, 0.0, 0.5]),
        ),
        (
            "relu6",
            of_one(Op::Activation(Activation::Relu6)),
            tensor(2, shape, &[1.0, 2.0, 0.0, 2.0, 6.0, 0.0, 0.0, 0.5]),
        ),
        (
            "add",
            add(1.0),
            tensor(2, shape, &[1.5, -1.0, -1.0, 6.5, -0.5, 0.0, 0.0, 0.5]),
        ),
        (
            "add half of the second",
            add(0.5),
            tensor(2, shape, &[1.25, 0.5, -2.5, 4.25, 4.25, 0.0, -0.5, 0.5]),
        ),
        ("dropout", of_one(Op::Dropout(Dropout)), x.clone()),
        (
            "flatten",
            of_one(Op::Flatten(Flatten)),
            tensor(2, [4, 1, 1], x.data()),
        ),
        (
            "reshape",
            of_one(Op::Reshape(Reshape { dims: flat })),
            tensor(2, [4, 1, 1], x.data()),
        ),
        (
            "transpose: 3x1x2 to 2x3x1",
            evaluate_one(
                &transpose(&[2, 0, 1]),
                &[&tensor(1, [3, 1, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])],
                &[],
            ),
            tensor(1, [2, 3, 1], &[1.0, 3.0, 5.0, 2.0, 4.0, 6.0]),
        ),
        (
            "transpose of two images",
            of_one(transpose(&[2, 1, 0])),
            tensor(2, shape, &[1.0, -4.0, 2.0, 2.0, 9.0, -1.0, 0.0, 0.5]),
        ),
        (
            "slice: rows backwards, every second column",
            evaluate_one(
                &Op::Slice(Slice {
                    axes: vec![
                        SliceAxis::range(1, 1),
                        SliceAxis {
                            begin: 1,
                            step: -1,
                            count: 2,
                        },
                        SliceAxis {
                            begin: 0,
                            step: 2,
                            count: 2,
                        },
                    ],
                }),
                &[&counting([2, 2, 3])],
                &[],
            ),
            tensor(1, [1, 2, 2], &[10.0, 12.0, 7.0, 9.0]),
        ),
        (
            "expand of columns and channels",
            evaluate_one(
                &Op::Expand(Expand {
                    dims: Dims::new(&[2, 2, 2]).unwrap(),
                }),
                &[&tensor(2, [1, 2, 1], &[1.0, 2.0, 3.0, 4.0])],
                &[],
            ),
            tensor(
                2,
                [2, 2, 2],
                &[
                    1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 3.0, 3.0, 4.0, 4.0,
                ],
            ),
        ),
        (
            "sum of rows",
            of_one(reduce(Reduction::Sum, &[2])),
            tensor(2, [2, 1, 1], &[3.0, -2.0, 9.0, -0.5]),
        ),
        (
            "mean of channels and columns",
            of_one(reduce(Reduction::Mean, &[0, 2])),
            tensor(2, [1, 1, 1], &[0.25, 2.125]),
        ),
        (
            "largest of the channels",
            of_one(reduce(Reduction::Max, &[0])),
            tensor(2, [1, 1, 2], &[1.0, 2.0, 9.0, 0.5]),
        ),
        (
            "smallest of the channels",
            of_one(reduce(Reduction::Min, &[0])),
            tensor(2, [1, 1, 2], &[-4.0, 2.0, -1.0, 0.0]),
        ),
        (
            "product of the channels",
            of_one(reduce(Reduction::Product, &[0])),
            tensor(2, [1, 1, 2], &[-4.0, 4.0, -9.0, 0.0]),
        ),
        (
            "l1 of rows",
            of_one(reduce(Reduction::AbsoluteSum, &[2])),
            tensor(2, [2, 1, 1], &[3.0, 6.0, 9.0, 1.5]),
        ),
        (
            "l2 of all: sqrt(25), sqrt(82.25)",
            of_one(reduce(Reduction::Norm, &[0, 1, 2])),
            tensor(2, [1, 1, 1], &[5.0, 82.25_f32.sqrt()]),
        ),
        (
            "first index of the largest",
            of_one(reduce(Reduction::ArgMax, &[0, 1, 2])),
            tensor(2, [1, 1, 1], &[1.0, 0.0]),
        ),
        (
            "first index of the smallest",
            of_one(reduce(Reduction::ArgMin, &[0, 2])),
            tensor(2, [1, 1, 1], &[2.0, 2.0]),
        ),
        (
            "mat_mul of 1x1x2 by 1x2x1 for each channel",
            evaluate_one(
                &Op::MatMul(MatMul),
                &[
                    &tensor(1, [2, 1, 2], &[1.0, 2.0, 3.0, 4.0]),
                    &tensor(1, [1, 2, 2], &[5.0, 6.0, 7.0, 8.0]),
                ],
                &[],
            ),
            tensor(1, [2, 1, 2], &[19.0, 22.0, 43.0, 50.0]),
        ),
        (
            "relayout",
            of_one(Op::Relayout(Relayout {
                layout: Layout::channels_last(4),
            })),
            x.clone(),
        ),
        (
            "a product of images",
            evaluate_one(&product, &[&x, &y], &[]),
            tensor(2, shape, &[0.5, -6.0, -12.0, 9.0, -85.5, 0.0, -1.0, 0.0]),
        ),
        (
            "a factor for each channel",
            evaluate_one(&product, &[&x], &[Some(&gate)]),
            tensor(2, shape, &[2.0, 4.0, 4.0, -2.0, 18.0, 0.0, 1.0, -0.5]),
        ),
        (
            "prelu: a slope for each channel",
            evaluate_one(&Op::PRelu(PRelu), &[&y], &[Some(&slope)]),
            tensor(2, shape, &[0.5, -1.5, 3.0, 4.5, -4.75, 0.0, 1.0, 0.0]),
        ),
    ]);
}

#[test]
fn whole_images() {
    let matrix = parameter(&[2, 3], &[1.0, 0.0, -1.0, 2.0, 2.0, 2.0]);
    let bias = parameter(&[2], &[1.0, -13.0]);
    let linear = |flattens, x: &Tensor, bias: Option<&Operand<'_>>| {
        evaluate_one(
            &Op::Linear(Linear { flattens }),
            &[x],
            &[Some(&matrix), bias],
        )
    };
    let vectors = tensor(2, [3, 1, 1], &[1.0, 2.0, 3.0, -1.0, 0.0, 4.0]);
    let border = Padding {
        top: 1,
        left: 2,
        bottom: 0,
        right: 1,
    };
    let grid = AdaptiveAveragePool {
        height: 3,
        width: 2,
    };
    let a = tensor(2, [1, 1, 2], &[1.0, 2.0, 7.0, 8.0]);
    let b = tensor(2, [2, 1, 2], &[3.0, 4.0, 5.0, 6.0, 9.0, 10.0, 11.0, 12.0]);
    let joined: Vec<f32> = (1..=12).map(|value| value as f32).collect();
    // Channels of the first pixel ln 1, ln 2, ln 5; the second would overflow.
    let logits = [0.0, 1000.0, 2f32.ln(), 0.0, 5f32.ln(), 1000.0];
    expect_all(vec![
        (
            "linear",
            linear(false, &vectors, None),
            tensor(2, [2, 1, 1], &[-2.0, 12.0, -5.0, 6.0]),
        ),
        (
            "linear and bias",
            linear(false, &vectors, Some(&bias)),
            tensor(2, [2, 1, 1], &[-1.0, -1.0, -4.0, -7.0]),
        ),
        (
            "linear of all values of an image",
            linear(true, &tensor(2, [1, 3, 1], vectors.data()), Some(&bias)),
            tensor(2, [2, 1, 1], &[-1.0, -1.0, -4.0, -7.0]),
        ),
        (
            "pad",
            evaluate_one(&Op::Pad(Pad::zeros(border)), &[&counting([2, 1, 2])], &[]),
            tensor(
                1,
                [2, 2, 5],
                &[
                    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
                    0.0, 3.0, 4.0, 0.0,
                ],
            ),
        ),
        (
            "adaptive average pool, rows 1, both, 2 and columns 1 to 2, 2 to 3",
            evaluate_one(&Op::AdaptiveAveragePool(grid), &[&counting([1, 2, 3])], &[]),
            tensor(1, [1, 3, 2], &[1.5, 2.5, 3.0, 4.0, 4.5, 5.5]),
        ),
        (
            "concat",
            evaluate_one(&Op::Concat(Concat), &[&a, &b], &[]),
            tensor(2, [3, 1, 2], &joined),
        ),
        (
            "softmax over the channels",
            evaluate_one(
                &Op::Softmax(Softmax),
                &[&tensor(1, [3, 1, 2], &logits)],
                &[],
            )
            // ln 2 and ln 5 are rounded.
            .map(|result| rounded(&result)),
            tensor(1, [3, 1, 2], &[0.125, 0.5, 0.25, 0.0, 0.625, 0.5]),
        ),
    ]);
}

/// To six digits behind the point.
fn rounded(tensor: &Tensor) -> Tensor {
    let mut result = tensor.clone();
    for value in result.data_mut() {
        *value = (f64::from(*value) * 1e6).round() as f32 / 1e6;
    }
    result
}

#[test]
fn refuses_what_does_not_fit() {
    let conv = Op::Conv2d(Conv2d {
        window: Window::square(2, 1),
        groups: 1,
    });
    let short = parameter(&[3], &[1.0, 2.0, 3.0]);
    let weight = parameter(&[1, 1, 2, 2], &[1.0; 4]);
    let (one, three) = (counting([1, 4, 4]), counting([3, 4, 4]));
    let two_images = Tensor::zeros(2, Shape::new(1, 4, 4));
    let add = Op::Add(Add::default());
    let nothing = AdaptiveAveragePool {
        height: 0,
        width: 2,
    };
    let cases = [
        (
            evaluate_one(&conv, &[&one], &[Some(&short)]),
            ErrorKind::Shape,
            "expected a weight of 4 dimensions, found [3]",
        ),
        (
            evaluate_one(&conv, &[&three], &[Some(&weight)]),
            ErrorKind::Shape,
            "expected a weight of [1, 3, 2, 2], found [1, 1, 2, 2]",
        ),
        (
            evaluate_one(&add, &[&one, &two_images], &[]),
            ErrorKind::Input,
            "add: expected inputs of the same batch size, found 1 and 2",
        ),
        (
            evaluate_one(&add, &[], &[]),
            ErrorKind::Shape,
            "expected 2 inputs, found 0",
        ),
        (
            evaluate_one(&Op::AdaptiveAveragePool(nothing), &[&one], &[]),
            ErrorKind::Shape,
            "a grid of 0x2 does not fit on 1x4x4",
        ),
    ];
    for (found, kind, message) in cases {
        let error = found.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
    }
}
