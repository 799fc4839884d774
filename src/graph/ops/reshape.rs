use std::fmt;

use super::operands::Operands;
use crate::error::Result;
use crate::tensor::{Dims, Type};

/// Change of the extents. The values and their order stay the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reshape {
    /// The new extents. For a value per image, without the image axis.
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
