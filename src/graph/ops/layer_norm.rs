use std::fmt;

use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::graph::pointwise::Number;
use crate::tensor::Type;

/// Floating-point operations for each value: one for the sum of the mean; a difference, a square and a sum for the
/// variance; a difference, a division, a product and a sum for the result.
const FLOPS: usize = 8;

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, where mean and variance are those of the channels of each
/// pixel (Ba 2016, arXiv:1607.06450). The inputs are `x`, whose axis 1 is the channels, and gamma and beta, which have one value
/// for each channel. Beta is optional and defaults to 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LayerNorm {
    /// Added to the variance. It is positive, because the variance of equal values is 0.
    pub epsilon: Number,
}

impl LayerNorm {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 2, 3)?;
        let (input, channels, _) = operands.pixels(0)?;
        operands.get(1, "a gamma")?;
        operands.vector(1, "a gamma", channels)?;
        operands.vector(2, "a beta", channels)?;
        let epsilon = self.epsilon;
        // It must stay above zero in f32 as well, or the divisor could be 0.
        match epsilon.is_finite() && epsilon.0 as f32 > 0.0 {
            true => Ok(vec![*input]),
            false => Err(refused(format!(
                "expected an epsilon above 0 that is finite in f32, found {epsilon}"
            ))),
        }
    }

    pub(super) fn flops(values: usize) -> u64 {
        product(&[FLOPS, values])
    }
}

impl fmt::Display for LayerNorm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epsilon {}", self.epsilon)
    }
}
