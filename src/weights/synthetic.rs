//! Synthetic weights. Their values follow from a tensor's name and shape and a seed, so that a network can be
//! compared with its reference implementation without a weights file. `tools/synthetic.py` computes the same
//! values.

use std::ops::Range;

use crate::error::Result;
use crate::graph::Signature;
use crate::tensor::{Shape, Tensor};

/// The prefix of the seed in the name of synthetic weights.
pub(crate) const SYNTHETIC: &str = "synthetic:";

/// Returns the elements in `range` of the tensor `name`, computed in f64 and rounded to f32:
///
/// ```text
/// name ends in running_var             0.5 + u
/// name ends in running_mean or bias    (2u - 1) * 0.1
/// any other of one dimension           0.5 + u
/// of shape [C, 1, 1], a layer's scale  (0.5 + u) * 0.1
/// everything else                      (2u - 1) * sqrt(6 / product(shape[1..]))
/// ```
/// The last row is He's uniform initialisation (arXiv:1502.01852). It keeps the magnitude of activations near 1 in
/// networks of any depth.
pub(super) fn values(seed: u64, name: &str, shape: &[usize], range: Range<usize>) -> Vec<f32> {
    let uniform = uniform(seed, name, range);
    if name.ends_with("running_var") {
        uniform.map(between_halves).collect()
    } else if name.ends_with("running_mean") || name.ends_with("bias") {
        uniform.map(|k| around_zero(k, 0.1)).collect()
    } else if shape.len() == 1 {
        uniform.map(between_halves).collect()
    } else if let [_, 1, 1] = shape {
        uniform.map(layer_scale).collect()
    } else {
        let inputs: usize = shape.iter().skip(1).product();
        let bound = (6.0 / inputs as f64).sqrt();
        uniform.map(|k| around_zero(k, bound)).collect()
    }
}

/// `0.5 + u`.
fn between_halves(k: i32) -> f32 {
    (0.5 + f64::from(k) / STEPS) as f32
}

/// `(0.5 + u) * 0.1`.
fn layer_scale(k: i32) -> f32 {
    ((0.5 + f64::from(k) / STEPS) * 0.1) as f32
}

/// `(2u - 1) * bound`. `2u - 1` is an exact multiple of `2 / STEPS`, and moving a power of two from one factor to
/// the other does not change a product. So this subtracts integers and rounds only one product.
fn around_zero(k: i32, bound: f64) -> f32 {
    (f64::from(k - (1 << 23)) * (bound * (2.0 / STEPS))) as f32
}

/// Returns the input that belongs to [`Weights::synthetic`](super::Weights::synthetic): `batch` images of `shape`,
/// with the values `2u - 1` (-1 to 1) of the tensor called `input`.
pub fn synthetic_input(seed: u64, batch: usize, shape: Shape) -> Tensor {
    let mut input = Tensor::zeros(batch, shape);
    let count = input.data().len();
    for (value, k) in input
        .data_mut()
        .iter_mut()
        .zip(uniform(seed, "input", 0..count))
    {
        *value = around_zero(k, 1.0);
    }
    input
}

/// Returns `batch` images of each input of `signature`, in its order: [`synthetic_input`] with `seed` for the first one, and
/// with the next seed for each further one.
///
/// ```
/// use menagerie::weights::synthetic_inputs;
/// use menagerie::zoo;
///
/// let signature = zoo::find("lenet5")?.graph()?.signature();
/// let inputs = synthetic_inputs(0, 2, &signature)?;
/// assert_eq!((inputs.len(), inputs[0].batch()), (1, 2));
/// # Ok::<(), menagerie::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if an input is not a type of images.
pub fn synthetic_inputs(seed: u64, batch: usize, signature: &Signature) -> Result<Vec<Tensor>> {
    let inputs = (seed..).zip(&signature.inputs);
    let inputs = inputs.map(|(seed, input)| Ok(synthetic_input(seed, batch, input.shape()?)));
    inputs.collect()
}

/// The numbers `u` in [0, 1) are multiples of `1 / STEPS`.
const STEPS: f64 = (1 << 24) as f64;

/// Returns `k` of `u = k / STEPS` for the elements in `range`: SplitMix64 (Steele 2014, "Fast splittable
/// pseudorandom number generators"), started with the hash of the name mixed with `seed`. `k` is the upper 24 bits
/// of each number.
fn uniform(seed: u64, name: &str, range: Range<usize>) -> impl Iterator<Item = i32> {
    let start = fnv1a64(name) ^ seed;
    range.map(move |index| {
        let mut x = start.wrapping_add((index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^= x >> 31;
        (x >> 40) as i32
    })
}

/// The 64-bit FNV-1a hash (Fowler, Noll, Vo).
pub(crate) fn fnv1a64(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
