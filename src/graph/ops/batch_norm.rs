use super::operands::{Operands, refused};
use crate::error::Result;
use crate::graph::pointwise::{Function, Number, Pointwise};
use crate::tensor::Type;

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta` with running statistics (Ioffe 2015, arXiv:1502.03167).
/// The inputs are `x`, gamma, beta, mean and variance; the last four have one value for each channel. Gamma and
/// beta are optional and default to 1 and 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BatchNorm {
    /// Added to the variance.
    pub epsilon: Number,
}

impl BatchNorm {
    /// Names of the inputs after the first, for messages.
    const PARAMETERS: [&str; 4] = ["a gamma", "a beta", "a mean", "a variance"];

    /// Returns the scale of a channel, `gamma / sqrt(variance + epsilon)`. Operand 0 is the variance, and operand 1
    /// is gamma if there is one.
    pub(crate) fn scale(&self, has_gamma: bool) -> Pointwise {
        let variance = Pointwise::identity().plus(&Pointwise::constant(self.epsilon.0));
        let gamma = match has_gamma {
            true => Pointwise::operand(1),
            false => Pointwise::constant(1.0),
        };
        gamma.over(&variance.unary(Function::Sqrt))
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 5, 5)?;
        let shape = operands.maps(0)?;
        for (index, what) in Self::PARAMETERS.into_iter().enumerate() {
            operands.vector(index + 1, what, shape.channels)?;
        }
        operands.get(3, Self::PARAMETERS[2])?;
        operands.get(4, Self::PARAMETERS[3])?;
        let epsilon = self.epsilon;
        match epsilon.0 >= 0.0 && epsilon.is_finite() {
            true => Ok(vec![*operands.get(0, "an input")?]),
            false => Err(refused(format!(
                "expected an epsilon of at least 0 that is finite in f32, found {epsilon}"
            ))),
        }
    }
}
