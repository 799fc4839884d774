//! Convolutions and pools of the reference executor against results worked out by hand, or by PyTorch
//! where the comment says so.

use menagerie::Tensor;
use menagerie::graph::{
    Activation, AveragePool, Conv2d, GlobalAveragePool, MaxPool, Op, Padding, Rounding, Window,
};
use menagerie::reference::Operand;

use crate::common::operation::{Fused, counting, evaluate_one, expect_all, parameter, tensor};

fn negated(mut tensor: Tensor) -> Tensor {
    tensor
        .data_mut()
        .iter_mut()
        .for_each(|value| *value = -*value);
    tensor
}

fn window(kernel: usize, stride: usize, padding: usize, rounding: Rounding) -> Window {
    Window {
        padding: Padding::all(padding),
        rounding,
        ..Window::square(kernel, stride)
    }
}

#[test]
fn convolutions() {
    let square = parameter(&[1, 1, 2, 2], &[1.0, 2.0, 3.0, 4.0]);
    let matrix = parameter(&[2, 2, 1, 1], &[1.0, 2.0, 3.0, 4.0]);
    let two_squares = parameter(&[2, 1, 2, 2], &[1.0, 2.0, 3.0, 4.0, -1.0, 0.0, 0.0, 1.0]);
    let three = parameter(
        &[1, 1, 3, 3],
        &[1.0, 2.0, 0.0, 3.0, 4.0, 0.0, 0.0, 0.0, 1.0],
    );
    let two_biases = parameter(&[2], &[10.0, -20.0]);
    let one = parameter(&[1, 1, 1, 1], &[1.0]);
    let bias = parameter(&[1], &[0.5]);
    let conv = |window, groups, x: &Tensor, weight: &Operand<'_>, bias: Option<&Operand<'_>>| {
        let op = Op::Conv2d(Conv2d { window, groups });
        evaluate_one(&op, &[x], &[Some(weight), bias])
    };
    let fused = |activation, x: &Tensor, residual: Option<&Tensor>| {
        let fused = Fused {
            op: Op::Conv2d(Conv2d {
                window: Window::square(1, 1),
                groups: 1,
            }),
            parameters: &[Some(&one), Some(&bias)],
            activation,
        };
        fused.run(&[x], residual)
    };

    let plain = Window::square(2, 1);
    let dilated = Window {
        dilation: [2, 2],
        ..plain
    };
    let lopsided = Window {
        padding: Padding {
            top: 1,
            left: 0,
            bottom: 0,
            right: 2,
        },
        ..Window::square(3, 2)
    };
    let x = tensor(1, [1, 1, 4], &[-3.0, -1.0, 2.0, 5.0]);
    let residual = tensor(1, [1, 1, 4], &[2.0, 0.25, -4.0, 4.0]);
    let batch = tensor(
        2,
        [2, 2, 2],
        &[
            1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, -1.0, -2.0, -3.0, -4.0, 0.0, 0.0, 0.0, 1.0,
        ],
    );
    expect_all(vec![
        (
            "plain",
            conv(plain, 1, &counting([1, 2, 3]), &square, None),
            // 1*1 + 2*2 + 3*4 + 4*5 and one to the right
            tensor(1, [1, 1, 2], &[37.0, 47.0]),
        ),
        (
            "groups and bias (PyTorch)",
            conv(
                plain,
                2,
                &counting([2, 3, 3]),
                &two_squares,
                Some(&two_biases),
            ),
            tensor(
                1,
                [2, 2, 2],
                &[47.0, 57.0, 77.0, 87.0, -16.0, -16.0, -16.0, -16.0],
            ),
        ),
        (
            "dilation (PyTorch)",
            conv(dilated, 1, &counting([1, 4, 4]), &square, None),
            tensor(1, [1, 2, 2], &[78.0, 88.0, 118.0, 128.0]),
        ),
        (
            "stride and another border on each side (PyTorch)",
            conv(lopsided, 1, &counting([1, 4, 4]), &three, None),
            tensor(1, [1, 2, 2], &[18.0, 25.0, 99.0, 104.0]),
        ),
        (
            "two images, two channels in and out (PyTorch)",
            conv(Window::square(1, 1), 1, &batch, &matrix, None),
            tensor(
                2,
                [2, 2, 2],
                &[
                    11.0, 14.0, 17.0, 20.0, 23.0, 30.0, 37.0, 44.0, -1.0, -2.0, -3.0, -2.0, -3.0,
                    -6.0, -9.0, -8.0,
                ],
            ),
        ),
        (
            "the residual before the ReLU",
            fused(Activation::Relu, &x, Some(&residual)),
            tensor(1, [1, 1, 4], &[0.0, 0.0, 0.0, 9.5]),
        ),
        (
            "the residual before the ReLU6",
            fused(Activation::Relu6, &x, Some(&residual)),
            tensor(1, [1, 1, 4], &[0.0, 0.0, 0.0, 6.0]),
        ),
        (
            "bias and ReLU",
            fused(Activation::Relu, &x, None),
            tensor(1, [1, 1, 4], &[0.0, 0.0, 2.5, 5.5]),
        ),
    ]);
}

/// The results are PyTorch's `max_pool2d`.
#[test]
fn max_pools() {
    use Rounding::{Ceil, Floor};
    let pool =
        |window, input: &Tensor| evaluate_one(&Op::MaxPool(MaxPool { window }), &[input], &[]);
    let negative = negated(counting([1, 4, 5]));
    let dilated = Window {
        dilation: [2, 2],
        ..Window::square(2, 1)
    };
    let mut with_nan = counting([1, 1, 4]);
    with_nan.data_mut()[1] = f32::NAN;
    let row = Window {
        kernel: [1, 2],
        ..Window::square(1, 1)
    };
    expect_all(vec![
        (
            "the border never wins",
            pool(window(3, 2, 1, Floor), &negative),
            tensor(1, [1, 2, 3], &[-1.0, -2.0, -4.0, -6.0, -7.0, -9.0]),
        ),
        (
            "rounded up",
            pool(window(3, 2, 1, Ceil), &negative),
            tensor(
                1,
                [1, 3, 3],
                &[-1.0, -2.0, -4.0, -6.0, -7.0, -9.0, -16.0, -17.0, -19.0],
            ),
        ),
        (
            "rounded up, but no window begins in the trailing border",
            pool(window(2, 2, 1, Ceil), &counting([1, 5, 5])),
            tensor(
                1,
                [1, 3, 3],
                &[1.0, 3.0, 5.0, 11.0, 13.0, 15.0, 21.0, 23.0, 25.0],
            ),
        ),
        (
            "rounded up, a window larger than the image",
            pool(window(3, 2, 0, Ceil), &counting([1, 2, 2])),
            tensor(1, [1, 1, 1], &[4.0]),
        ),
        (
            "dilated",
            pool(dilated, &counting([1, 4, 4])),
            tensor(1, [1, 2, 2], &[11.0, 12.0, 15.0, 16.0]),
        ),
    ]);
    let found = pool(row, &with_nan).unwrap();
    assert!(found.data()[0].is_nan() && found.data()[1].is_nan() && found.data()[2] == 4.0);
}

/// The results are PyTorch's `avg_pool2d`.
#[test]
fn average_pools() {
    use Rounding::{Ceil, Floor};
    let pool = |window, count_padding, input: &Tensor| {
        let op = AveragePool {
            window,
            count_padding,
        };
        evaluate_one(&Op::AveragePool(op), &[input], &[])
    };
    let x = counting([1, 4, 5]);
    expect_all(vec![
        (
            "counting the border",
            pool(window(3, 2, 1, Floor), true, &x),
            tensor(
                1,
                [1, 2, 3],
                &[
                    16.0 / 9.0,
                    33.0 / 9.0,
                    28.0 / 9.0,
                    69.0 / 9.0,
                    13.0,
                    87.0 / 9.0,
                ],
            ),
        ),
        (
            "not counting the border",
            pool(window(3, 2, 1, Floor), false, &x),
            tensor(1, [1, 2, 3], &[4.0, 5.5, 7.0, 11.5, 13.0, 14.5]),
        ),
        (
            "rounded up, counting the border but not what is beyond it",
            pool(window(3, 2, 1, Ceil), true, &x),
            tensor(
                1,
                [1, 3, 3],
                &[
                    16.0 / 9.0,
                    33.0 / 9.0,
                    28.0 / 9.0,
                    69.0 / 9.0,
                    13.0,
                    87.0 / 9.0,
                    5.5,
                    9.0,
                    6.5,
                ],
            ),
        ),
        (
            "rounded up, not counting the border",
            pool(window(3, 2, 1, Ceil), false, &x),
            tensor(
                1,
                [1, 3, 3],
                &[4.0, 5.5, 7.0, 11.5, 13.0, 14.5, 16.5, 18.0, 19.5],
            ),
        ),
        (
            "rounded up without a border",
            pool(window(2, 2, 0, Ceil), true, &counting([1, 5, 5])),
            tensor(
                1,
                [1, 3, 3],
                &[4.0, 6.0, 7.5, 14.0, 16.0, 17.5, 21.5, 23.5, 25.0],
            ),
        ),
        (
            "rounded up, a window larger than the image",
            pool(window(3, 2, 0, Ceil), true, &counting([1, 2, 2])),
            tensor(1, [1, 1, 1], &[2.5]),
        ),
        (
            "a stride beyond the window, counting the border",
            pool(window(2, 3, 1, Ceil), true, &counting([1, 4, 4])),
            tensor(1, [1, 2, 2], &[0.25, 1.75, 5.5, 13.5]),
        ),
        (
            "a stride beyond the window, not counting the border",
            pool(window(2, 3, 1, Ceil), false, &counting([1, 4, 4])),
            tensor(1, [1, 2, 2], &[1.0, 3.5, 11.0, 13.5]),
        ),
        (
            "each plane of each image",
            evaluate_one(
                &Op::GlobalAveragePool(GlobalAveragePool),
                &[&tensor(
                    2,
                    [2, 1, 2],
                    &[1.0, 2.0, 3.0, 5.0, -1.0, 1.0, 0.0, 7.0],
                )],
                &[],
            ),
            tensor(2, [2, 1, 1], &[1.5, 4.0, 0.0, 3.5]),
        ),
    ]);
}
