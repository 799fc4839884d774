use std::fmt;

use super::operands::{Operands, described, refused};
use crate::error::Result;
use crate::graph::pointwise::{Number, Pointwise};
use crate::tensor::Type;

/// `a + scale * b`, element by element: a residual connection (He 2015, arXiv:1512.03385). Some networks scale the
/// residual branch down to make training stable (Szegedy 2016, arXiv:1602.07261).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Add {
    /// The factor of the second input.
    pub scale: Number,
}

impl Default for Add {
    /// `a + b`
    fn default() -> Self {
        Self { scale: Number(1.0) }
    }
}

impl Add {
    /// Returns whether the factor of the second input is not 1.
    pub fn is_scaled(&self) -> bool {
        self.scale != Number(1.0)
    }

    pub(super) fn expression(&self) -> Pointwise {
        let b = Pointwise::operand(1);
        let scaled = match self.is_scaled() {
            true => b.times(&Pointwise::constant(self.scale.0)),
            false => b,
        };
        Pointwise::identity().plus(&scaled)
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 2, 2)?;
        let (a, b) = (operands.get(0, "an input")?, operands.get(1, "an input")?);
        if !self.scale.is_finite() {
            return Err(refused(format!(
                "expected a scale that is finite in f32, found {}",
                self.scale
            )));
        }
        match a == b {
            true => Ok(vec![*a]),
            false => Err(refused(format!(
                "both inputs must have the same shape, found {} and {}",
                described(a),
                described(b)
            ))),
        }
    }
}

impl fmt::Display for Add {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_scaled() {
            true => write!(f, " {} of the second", self.scale),
            false => Ok(()),
        }
    }
}
