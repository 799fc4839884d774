use std::fmt;

use super::operands::{Operands, refused};
use crate::error::Result;
use crate::graph::{Number, Padding};
use crate::tensor::{Shape, Type};

/// Padding of an image with pixels of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pad {
    /// Pixels on each side.
    pub padding: Padding,
    /// The value.
    pub value: Number,
}

impl Pad {
    /// Returns a padding with zeros.
    pub fn zeros(padding: Padding) -> Self {
        Self {
            padding,
            value: Number(0.0),
        }
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.image(0)?;
        self.padding.check()?;
        if !self.value.is_finite() {
            return Err(refused(format!(
                "expected a value that is finite in f32, found {}",
                self.value
            )));
        }
        let wider =
            |axis: usize, size: usize| size + self.padding.along(axis).iter().sum::<usize>();
        Ok(vec![Type::image(Shape::new(
            input.channels,
            wider(0, input.height),
            wider(1, input.width),
        ))?])
    }
}

impl fmt::Display for Pad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.padding)?;
        match self.value.0 == 0.0 {
            true => Ok(()),
            false => write!(f, " of {}", self.value),
        }
    }
}
