use std::fmt;

use super::LayerNorm;
use super::operands::{Operands, refused};
use crate::error::Result;
use crate::graph::pointwise::Number;
use crate::tensor::Type;

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, where mean and variance are those of all pixels of a group of
/// neighbouring channels (Wu and He 2018, arXiv:1803.08494). With a group for each channel, it is instance normalisation
/// (Ulyanov 2016, arXiv:1607.08022). The inputs are `x`, whose axis 1 is the channels, and gamma and beta, which have one
/// value for each channel. Beta is optional and defaults to 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GroupNorm {
    /// Number of groups. It divides the number of channels.
    pub groups: usize,
    /// Added to the variance. It is positive, because the variance of equal values is 0.
    pub epsilon: Number,
}

impl GroupNorm {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let (channels, groups) = (Operands::new(inputs, 2, 3)?.pixels(0)?.1, self.groups);
        if groups == 0 || !channels.is_multiple_of(groups) {
            return Err(refused(format!(
                "expected a number of groups that divides {channels} channels, found {groups}"
            )));
        }
        let epsilon = self.epsilon;
        LayerNorm { epsilon }.infer(inputs)
    }
}

impl fmt::Display for GroupNorm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "of {} groups, epsilon {}", self.groups, self.epsilon)
    }
}
