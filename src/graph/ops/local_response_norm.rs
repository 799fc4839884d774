use std::fmt;

use super::exactly_one;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Shape;

/// `x / (k + alpha / size * sum(x^2))^beta`, the sum over the `size` channels around each one, as Caffe
/// and PyTorch define it (Krizhevsky 2012, "ImageNet classification with deep convolutional neural
/// networks", section 3.3, where alpha is not divided by the size).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalResponseNorm {
    /// Number of channels in a neighbourhood: an odd number.
    pub size: usize,
    /// Weight of the mean square.
    pub alpha: f64,
    /// The power.
    pub beta: f64,
    /// What keeps the divisor from being zero.
    pub k: f64,
}

impl LocalResponseNorm {
    /// Channels that count on either side.
    pub fn reach(&self) -> usize {
        self.size / 2
    }

    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let input = exactly_one(inputs)?;
        if self.size.is_multiple_of(2) {
            return Err(Error::new(
                ErrorKind::Shape,
                format!(
                    "a neighbourhood must have an odd number of channels, found {}",
                    self.size
                ),
            ));
        }
        // Written so that NaN fails.
        let sound = self.k > 0.0 && self.alpha >= 0.0 && self.beta.is_finite();
        if !sound || !self.k.is_finite() || !self.alpha.is_finite() {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("k must be above 0 and alpha at least 0, found {self}"),
            ));
        }
        Ok(input)
    }

    /// Squares, their sum and the power are an operation each, as are scale, shift and division.
    pub(super) fn flops(&self, values: u64) -> u64 {
        (self.size as u64 + 5) * values
    }
}

impl fmt::Display for LocalResponseNorm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "over {} channels, alpha {}, beta {}, k {}",
            self.size, self.alpha, self.beta, self.k
        )
    }
}
