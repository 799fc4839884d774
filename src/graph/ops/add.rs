use super::{Activation, wrong_count};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Shape;

/// `activation(a + b)`, value by value: a residual connection (He 2015, arXiv:1512.03385).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Add {
    /// Applied to the sum.
    pub activation: Activation,
}

impl Add {
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
}
