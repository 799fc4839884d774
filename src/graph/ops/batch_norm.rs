use super::{Activation, exactly_one};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{BatchNormParameters, Shape};

/// `activation((x - mean) / sqrt(variance + epsilon) * gamma + beta)` with running statistics
/// (Ioffe 2015, arXiv:1502.03167).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNorm {
    /// Number of channels.
    pub channels: usize,
    /// Its tensors and epsilon.
    pub parameters: BatchNormParameters,
    /// Applied to the result.
    pub activation: Activation,
}

impl BatchNorm {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let input = exactly_one(inputs)?;
        if input.channels != self.channels {
            return Err(Error::new(
                ErrorKind::Shape,
                format!(
                    "expected {} channels, found {}",
                    self.channels, input.channels
                ),
            ));
        }
        Ok(input)
    }
}
