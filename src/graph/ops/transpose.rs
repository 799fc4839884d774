use std::fmt;

use super::operands::{Operands, refused};
use crate::error::Result;
use crate::tensor::{Strided, Type};

/// Permutation of the axes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Transpose {
    /// For each axis of the result, the axis of the input that it is. For a value per image, axes are counted without
    /// the image axis.
    pub axes: Vec<usize>,
}

impl Transpose {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.get(0, "an input")?;
        let extents = input.extents();
        let mut sorted = self.axes.clone();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..extents.len()) {
            return Err(refused(format!(
                "expected a permutation of the {} axes of {input}, found {:?}",
                extents.len(),
                self.axes
            )));
        }
        let extents: Vec<usize> = self.axes.iter().map(|&axis| extents[axis]).collect();
        Ok(vec![input.with_extents(&extents)?])
    }

    /// Returns where the values come from, if the input has these `extents` and `strides`.
    pub(super) fn strided(&self, extents: &[usize], strides: &[usize]) -> Strided {
        let axes = self.axes.iter();
        Strided {
            begin: 0,
            axes: axes
                .map(|&axis| (extents[axis], strides[axis] as isize))
                .collect(),
        }
    }
}

impl fmt::Display for Transpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to {:?}", self.axes)
    }
}
