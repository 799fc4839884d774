use std::fmt;

use super::operands::Operands;
use crate::error::Result;
use crate::tensor::{Dims, Type};

/// The same values under other extents, in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reshape {
    /// The extents; those of an image without the images.
    pub dims: Dims,
}

impl Reshape {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.get(0, "an input")?;
        Ok(vec![input.reshaped(&self.dims)?])
    }
}

impl fmt::Display for Reshape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to {}", self.dims)
    }
}
