use std::fmt;

use super::operands::{Operands, refused};
use crate::error::Result;
use crate::tensor::{Dims, Strided, Type};

/// Repetition along axes of one value. Missing outer axes count as axes of one value (NumPy's rule of broadcasting).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Expand {
    /// The extents of the result. For a value per image, without the image axis.
    pub dims: Dims,
}

impl Expand {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.get(0, "an input")?;
        let extents = Dims::new(input.extents())?;
        match extents.broadcast(&self.dims) {
            Ok(dims) if dims == self.dims => Ok(vec![input.with_extents(&self.dims)?]),
            _ => Err(refused(format!(
                "expected a value that repeats to {}, found {input}",
                self.dims
            ))),
        }
    }

    /// Returns where the values come from, if the input has these `extents` and `strides`.
    pub(super) fn strided(&self, extents: &[usize], strides: &[usize]) -> Strided {
        let missing = self.dims.rank() - extents.len();
        let axes =
            self.dims
                .iter()
                .enumerate()
                .map(|(axis, &extent)| match axis.checked_sub(missing) {
                    Some(axis) if extents[axis] > 1 => (extent, strides[axis] as isize),
                    _ => (extent, 0),
                });
        Strided {
            begin: 0,
            axes: axes.collect(),
        }
    }
}

impl fmt::Display for Expand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to {}", self.dims)
    }
}
