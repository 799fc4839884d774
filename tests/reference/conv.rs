//! The reference convolution against its definition, pixel by pixel: the loops that no compiler can
//! make fast and nobody can get wrong.

use menagerie::Tensor;
use menagerie::graph::{Activation, Conv2d, Op, Padding, Rounding, Window};
use menagerie::tensor::Shape;
use menagerie::weights::synthetic_input;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::common::operation::{Fused, parameter};

#[derive(Clone, Debug)]
struct Case {
    batch: usize,
    /// Channels of a group, in and out.
    channels: [usize; 2],
    groups: usize,
    size: [usize; 2],
    window: Window,
    bias: bool,
    residual: bool,
    activation: Activation,
}

fn cases() -> impl Strategy<Value = Case> {
    let pair = |range: std::ops::RangeInclusive<usize>| [range.clone(), range];
    let window = (
        pair(1..=4),
        pair(1..=3),
        pair(1..=2),
        [0..=3usize, 0..=3, 0..=3, 0..=3],
    )
        .prop_map(
            |(kernel, stride, dilation, [top, left, bottom, right])| Window {
                kernel,
                stride,
                dilation,
                padding: Padding {
                    top,
                    left,
                    bottom,
                    right,
                },
                rounding: Rounding::Floor,
            },
        );
    let activation = prop_oneof![
        Just(Activation::Identity),
        Just(Activation::Relu),
        Just(Activation::Relu6)
    ];
    (
        (1..=3usize, pair(1..=5), 1..=3usize, pair(1..=13)),
        (window, any::<bool>(), any::<bool>(), activation),
    )
        .prop_map(
            |((batch, channels, groups, size), (window, bias, residual, activation))| Case {
                batch,
                channels,
                groups,
                size,
                window,
                bias,
                residual,
                activation,
            },
        )
}

/// `activation(sum over channel, row, column of weight * x + bias + residual)`.
fn by_definition(
    op: &Conv2d,
    activation: Activation,
    input: &Tensor,
    weight: &[f32],
    bias: &[f32],
    residual: Option<&Tensor>,
    output: Shape,
) -> Vec<f32> {
    let Window {
        kernel,
        stride,
        dilation,
        padding,
        ..
    } = op.window;
    let shape = input.shape();
    let (ins, outs) = (shape.channels / op.groups, output.channels / op.groups);
    let mut result = Vec::new();
    for image in 0..input.batch() {
        for channel in 0..output.channels {
            for row in 0..output.height {
                for column in 0..output.width {
                    let mut sum = bias.get(channel).copied().map_or(0.0, f64::from);
                    for i in 0..ins {
                        for y in 0..kernel[0] {
                            for x in 0..kernel[1] {
                                let from = channel / outs * ins + i;
                                let py =
                                    (row * stride[0] + y * dilation[0]) as i64 - padding.top as i64;
                                let px = (column * stride[1] + x * dilation[1]) as i64
                                    - padding.left as i64;
                                let inside = (0..shape.height as i64).contains(&py)
                                    && (0..shape.width as i64).contains(&px);
                                if inside {
                                    let at = (from * shape.height + py as usize) * shape.width;
                                    let tap = ((channel * ins + i) * kernel[0] + y) * kernel[1] + x;
                                    sum += f64::from(weight[tap])
                                        * f64::from(input.image(image)[at + px as usize]);
                                }
                            }
                        }
                    }
                    if let Some(residual) = residual {
                        sum += f64::from(residual.data()[result.len()]);
                    }
                    result.push(activation.apply(sum as f32));
                }
            }
        }
    }
    result
}

/// Runs `case`; false where its window does not fit.
fn check(case: &Case) -> bool {
    let op = Conv2d {
        window: case.window,
        groups: case.groups,
    };
    let [in_channels, out_channels] = case.channels.map(|channels| channels * case.groups);
    let shape = Shape::new(in_channels, case.size[0], case.size[1]);
    let Ok([height, width]) = op.window.output(shape) else {
        return false;
    };
    let output = Shape::new(out_channels, height, width);
    let input = synthetic_input(1, case.batch, shape);
    let weight_dims = op.weight_dims(in_channels, out_channels);
    let made_up = |seed, count| synthetic_input(seed, 1, Shape::vector(count)).into_data();
    let weight = parameter(&weight_dims, &made_up(2, weight_dims.iter().product()));
    let bias = parameter(&[out_channels], &made_up(3, out_channels));
    let bias = case.bias.then_some(&bias);
    let residual = synthetic_input(4, case.batch, output);
    let residual = case.residual.then_some(&residual);

    let fused = Fused {
        op: Op::Conv2d(op),
        parameters: &[Some(&weight), bias],
        activation: case.activation,
    };
    let found = fused.run(&[&input], residual).unwrap();
    let expected = by_definition(
        &op,
        case.activation,
        &input,
        weight.data(),
        bias.map_or(&[], |bias| bias.data()),
        residual,
        output,
    );
    assert_eq!((found.batch(), found.shape()), (case.batch, output));
    for (index, (found, expected)) in found.data().iter().zip(&expected).enumerate() {
        // The order of the sum differs, in f64.
        assert!(
            (found - expected).abs() <= 1e-6 * expected.abs().max(0.1),
            "{case:?}, value {index}: expected {expected}, found {found}"
        );
    }
    true
}

#[test]
fn is_what_the_definition_says() {
    let config = Config {
        cases: 400,
        rng_seed: RngSeed::Fixed(0),
        failure_persistence: None,
        max_global_rejects: 4000,
        ..Config::default()
    };
    proptest!(config, |(case in cases())| {
        prop_assume!(check(&case));
    });
}

/// Rows in bands, threads, and long rows: sizes that the random cases do not reach.
#[test]
fn is_what_the_definition_says_of_large_images() {
    let case = Case {
        batch: 2,
        channels: [3, 2],
        groups: 1,
        size: [67, 131],
        window: Window {
            padding: Padding::all(1),
            ..Window::square(3, 1)
        },
        bias: true,
        residual: true,
        activation: Activation::Relu,
    };
    let pointwise = Window::square(1, 1);
    let strided = Window::square(3, 2);
    let wide = [2, 2100];
    for case in [
        case.clone(),
        Case {
            window: pointwise,
            ..case.clone()
        },
        Case {
            window: strided,
            ..case.clone()
        },
        Case {
            window: pointwise,
            size: wide,
            ..case
        },
    ] {
        assert!(check(&case));
    }
}
