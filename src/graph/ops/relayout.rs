use std::fmt;

use super::operands::{Operands, refused};
use crate::error::Result;
use crate::tensor::{Layout, Type};

/// The same values in another memory layout. Planning inserts it where an operation needs another layout than the one
/// that its input has. A graph does not need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Relayout {
    /// The layout of the result.
    pub layout: Layout,
}

impl Relayout {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = *Operands::new(inputs, 1, 1)?.get(0, "an input")?;
        let (expected, found) = (self.layout.rank(), input.dims().rank());
        match input.is_per_image() && expected == found {
            true => Ok(vec![input]),
            false => Err(refused(format!(
                "the layout {} needs a value per image with {expected} axes, found {input}",
                self.layout
            ))),
        }
    }
}

impl fmt::Display for Relayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to {}", self.layout)
    }
}
