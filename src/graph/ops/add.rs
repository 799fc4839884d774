use std::fmt;

use super::{Activation, wrong_count};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Shape;

/// `activation(a + scale * b)`, value by value: a residual connection (He 2015, arXiv:1512.03385),
/// whose branch some networks scale down to train at all (Szegedy 2016, arXiv:1602.07261).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Add {
    /// What the second input is multiplied by.
    pub scale: f64,
    /// Applied to the sum.
    pub activation: Activation,
}

impl Default for Add {
    /// `a + b`
    fn default() -> Self {
        Self {
            scale: 1.0,
            activation: Activation::Identity,
        }
    }
}

impl Add {
    /// Whether the second input is multiplied by something.
    pub fn is_scaled(&self) -> bool {
        self.scale != 1.0
    }

    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        match inputs {
            [a, b] if a == b => Ok(*a),
            [a, b] => Err(Error::new(
                ErrorKind::Shape,
                format!("both sides must have one shape, found {a} and {b}"),
            )),
            _ => Err(wrong_count("2 inputs", inputs.len())),
        }
    }

    pub(super) fn flops(&self, values: u64) -> u64 {
        (1 + u64::from(self.is_scaled())) * values + self.activation.flops(values)
    }
}

impl fmt::Display for Add {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_scaled() {
            write!(f, " {} of the second", self.scale)?;
        }
        f.write_str(&self.activation.suffix())
    }
}
