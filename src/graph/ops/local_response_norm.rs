use std::fmt;

use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::graph::pointwise::Number;
use crate::tensor::{EXTENT_LIMIT, Type};

/// `x / (k + alpha / size * sum(x^2))^beta`, where the sum is over the `size` neighbouring channels. This is the
/// definition of Caffe and PyTorch. In the original, alpha is not divided by the size (Krizhevsky 2012, "ImageNet
/// classification with deep convolutional neural networks", section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LocalResponseNorm {
    /// Number of neighbouring channels, including the channel itself. An odd number.
    pub size: usize,
    /// The factor of the mean square.
    pub alpha: Number,
    /// The exponent.
    pub beta: Number,
    /// The constant in the divisor, which keeps it above zero.
    pub k: Number,
}

impl LocalResponseNorm {
    /// Returns the number of neighbouring channels on each side.
    pub fn reach(&self) -> usize {
        self.size / 2
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 1, 1)?;
        operands.maps(0)?;
        if self.size.is_multiple_of(2) || self.size >= EXTENT_LIMIT {
            return Err(refused(format!(
                "a neighbourhood must have an odd number of channels below 2^31, found {}",
                self.size
            )));
        }
        let numbers = [self.k, self.alpha, self.beta];
        let finite = numbers.into_iter().all(Number::is_finite);
        // k must stay above zero in f32 as well, or the divisor could be 0.
        if !finite || self.k.0 as f32 <= 0.0 || self.alpha.0 < 0.0 {
            return Err(refused(format!(
                "k must be above 0, alpha at least 0 and all finite in f32, found {self}"
            )));
        }
        Ok(vec![*operands.get(0, "an input")?])
    }

    /// Counts one operation for each of the squares, and for their sum, power, scale, shift and division.
    pub(super) fn flops(&self, values: usize) -> u64 {
        product(&[self.size + 5, values])
    }
}

impl fmt::Display for LocalResponseNorm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [alpha, beta, k] = [self.alpha, self.beta, self.k];
        write!(
            f,
            "over {} channels, alpha {alpha}, beta {beta}, k {k}",
            self.size
        )
    }
}
