//! Numbers that devices cannot compute with.

use menagerie::graph::{
    Activation, Add, BatchNorm, LayerNorm, LocalResponseNorm, Number, Op, Pointwise,
};

use crate::types::expect_refused;

/// The least attribute that is too large.
const TOO_LARGE: usize = 1 << 31;

#[test]
fn numbers_that_devices_cannot_compute_with() {
    let norm = |epsilon| {
        Op::BatchNorm(BatchNorm {
            epsilon: Number(epsilon),
        })
    };
    let layer_norm = |epsilon| {
        Op::LayerNorm(LayerNorm {
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
    expect_refused(&[
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
            layer_norm(0.0),
            "v2; [2]",
            "expected an epsilon above 0 that is finite in f32, found 0",
        ),
        (
            layer_norm(1e-60),
            "v2; [2]",
            "expected an epsilon above 0 that is finite in f32, found 1e-60",
        ),
        (
            layer_norm(f64::INFINITY),
            "v2; [2]",
            "expected an epsilon above 0 that is finite in f32, found inf",
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
            "expected the bounds of a clamp in order, each finite in f32 or infinite, found 1 and 0",
        ),
        (
            of(x.clamp(f64::NAN, 0.0)),
            "v1",
            "expected the bounds of a clamp in order, each finite in f32 or infinite, found NaN and 0",
        ),
        (
            of(x.clamp(f64::INFINITY, f64::INFINITY)),
            "v1",
            "expected the bounds of a clamp in order, each finite in f32 or infinite, found inf and inf",
        ),
        (
            of(Pointwise::constant(1.0)),
            "",
            "1 has no operand to compute with",
        ),
    ]);
}
