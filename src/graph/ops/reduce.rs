use std::fmt;

use super::operands::{Operands, refused};
use crate::error::Result;
use crate::tensor::Type;

/// Reduction of whole axes to one value each. The result has the same number of axes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reduce {
    /// What is computed of the values.
    pub reduction: Reduction,
    /// The axes in ascending order, counted without the image axis.
    pub axes: Vec<usize>,
}

/// What is computed of several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reduction {
    /// The sum.
    Sum,
    /// The mean.
    Mean,
    /// The largest value.
    Max,
    /// The smallest value.
    Min,
    /// The product.
    Product,
    /// The sum of absolute values: the norm L1.
    AbsoluteSum,
    /// The root of the sum of squares: the norm L2.
    Norm,
    /// The index of the first of the largest values, counted over the reduced axes, as a number.
    ArgMax,
    /// The index of the first of the smallest values.
    ArgMin,
}

impl Reduce {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.per_image(0)?;
        let mut extents = input.extents().to_vec();
        let ascends = self.axes.windows(2).all(|pair| pair[0] < pair[1]);
        let last = self.axes.last().copied();
        if !ascends || last.is_none_or(|last| last >= extents.len()) {
            return Err(refused(format!(
                "expected axes of {input} in ascending order, found {:?}",
                self.axes
            )));
        }
        for &axis in &self.axes {
            extents[axis] = 1;
        }
        Ok(vec![input.with_extents(&extents)?])
    }
}

impl Reduction {
    /// Returns the name in listings.
    pub fn name(self) -> &'static str {
        match self {
            Reduction::Sum => "sum",
            Reduction::Mean => "mean",
            Reduction::Max => "max",
            Reduction::Min => "min",
            Reduction::Product => "product",
            Reduction::AbsoluteSum => "l1",
            Reduction::Norm => "l2",
            Reduction::ArgMax => "argmax",
            Reduction::ArgMin => "argmin",
        }
    }
}

impl fmt::Display for Reduce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of axes {:?}", self.reduction.name(), self.axes)
    }
}
