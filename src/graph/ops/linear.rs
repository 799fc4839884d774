use std::fmt;

use super::{Activation, exactly_one};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{ParameterId, Shape};

/// `activation(weight x + bias)` of a vector; the weight is `[out, in]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    /// Length of the input.
    pub in_features: usize,
    /// Length of the result.
    pub out_features: usize,
    /// The matrix.
    pub weight: ParameterId,
    /// Added to the product.
    pub bias: Option<ParameterId>,
    /// Applied last.
    pub activation: Activation,
}

impl Linear {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let input = exactly_one(inputs)?;
        if input != Shape::vector(self.in_features) {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("expected a vector of {}, found {input}", self.in_features),
            ));
        }
        Ok(Shape::vector(self.out_features))
    }

    pub(super) fn flops(&self) -> u64 {
        let out = self.out_features as u64;
        2 * self.in_features as u64 * out
            + u64::from(self.bias.is_some()) * out
            + self.activation.flops(out)
    }
}

impl fmt::Display for Linear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}->{}", self.in_features, self.out_features)?;
        f.write_str(if self.bias.is_some() { " + bias" } else { "" })?;
        f.write_str(&self.activation.suffix())
    }
}
