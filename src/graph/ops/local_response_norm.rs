use std::fmt;

use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::graph::pointwise::Number;
use crate::tensor::{MOST_EXTENT, Type};

/// `x / (k + alpha / size * sum(x^2))^beta`, the sum over the `size` channels around each one, as Caffe
/// and PyTorch define it (Krizhevsky 2012, "ImageNet classification with deep convolutional neural
/// networks", section 3.3, where alpha is not divided by the size).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LocalResponseNorm {
    /// Number of channels in a neighbourhood: an odd number.
    pub size: usize,
    /// Weight of the mean square.
    pub alpha: Number,
    /// The power.
    pub beta: Number,
    /// What keeps the divisor from being zero.
    pub k: Number,
}

impl LocalResponseNorm {
    /// Channels that count on either side.
    pub fn reach(&self) -> usize {
        self.size / 2
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 1, 1)?;
        operands.maps(0)?;
        if self.size.is_multiple_of(2) || self.size >= MOST_EXTENT {
            return Err(refused(format!(
                "a neighbourhood must have an odd number of channels below 2^31, found {}",
                self.size
            )));
        }
        let numbers = [self.k, self.alpha, self.beta];
        let finite = numbers.into_iter().all(Number::is_finite);
        // A divisor of 0 would be a division by it, in f32 as well.
        if !finite || self.k.0 as f32 <= 0.0 || self.alpha.0 < 0.0 {
            return Err(refused(format!(
                "k must be above 0, alpha at least 0 and all finite in f32, found {self}"
            )));
        }
        Ok(vec![*operands.get(0, "an input")?])
    }

    /// Squares, their sum and the power are an operation each, as are scale, shift and division.
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
