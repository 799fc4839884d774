use std::fmt;

use super::operands::{Operands, refused};
use crate::error::Result;
use crate::tensor::{Strided, Type};

/// Some of the values along each axis.
///
/// ```
/// use menagerie::graph::{Slice, SliceAxis, network};
/// use menagerie::tensor::Shape;
///
/// // Every second column, from the last to the first.
/// let columns = SliceAxis { begin: 5, step: -2, count: 3 };
/// let graph = network("small", |net| {
///     let image = net.image("input", Shape::new(3, 2, 6))?;
///     let sliced = net.slice("slice", image, &[SliceAxis::whole(3), SliceAxis::whole(2), columns])?;
///     net.output("output", sliced)
/// })?;
/// assert_eq!(graph.output_shape()?, Shape::new(3, 2, 3));
/// # Ok::<(), menagerie::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slice {
    /// The values that are kept along each axis, without the image axis of a value per image.
    pub axes: Vec<SliceAxis>,
}

/// The values that are kept along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SliceAxis {
    /// The index of the first value.
    pub begin: usize,
    /// The distance from one value to the next; negative to go backwards.
    pub step: isize,
    /// The number of values.
    pub count: usize,
}

impl SliceAxis {
    /// Returns all values of an axis of this `extent`.
    pub fn whole(extent: usize) -> Self {
        Self::range(0, extent)
    }

    /// Returns `count` values from `begin` on.
    pub fn range(begin: usize, count: usize) -> Self {
        Self {
            begin,
            step: 1,
            count,
        }
    }

    /// Returns whether there is at least one value, and all are within `extent`.
    fn fits(&self, extent: usize) -> bool {
        let Some(further) = self.count.checked_sub(1) else {
            return false;
        };
        let further = isize::try_from(further).ok();
        let distance = further.and_then(|further| further.checked_mul(self.step));
        let last = distance.and_then(|distance| self.begin.checked_add_signed(distance));
        self.begin < extent && last.is_some_and(|last| last < extent)
    }
}

impl Slice {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.get(0, "an input")?;
        let extents = input.extents();
        let fits = |(axis, &extent): (&SliceAxis, &usize)| axis.fits(extent);
        if self.axes.len() != extents.len() || !self.axes.iter().zip(extents).all(fits) {
            return Err(refused(format!(
                "expected at least 1 value within each axis of {input}, found {self}"
            )));
        }
        let counts: Vec<usize> = self.axes.iter().map(|axis| axis.count).collect();
        Ok(vec![input.with_extents(&counts)?])
    }

    /// Returns where the values come from, if the input has these `strides`.
    pub(super) fn strided(&self, strides: &[usize]) -> Strided {
        let axes = self.axes.iter().zip(strides);
        let begins = axes.clone().map(|(axis, stride)| axis.begin * stride);
        let steps = axes.map(|(axis, &stride)| match axis.count {
            // The step of a single value can be any number.
            1 => (1, 0),
            count => (count, axis.step * stride as isize),
        });
        Strided {
            begin: begins.sum(),
            axes: steps.collect(),
        }
    }
}

/// `[0+3, 5+3(-2)]`: begin and count of each axis, and the step if it is not 1.
impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let axes = self.axes.iter().map(|axis| match axis.step {
            1 => format!("{}+{}", axis.begin, axis.count),
            step => format!("{}+{}({step})", axis.begin, axis.count),
        });
        let axes: Vec<String> = axes.collect();
        write!(f, "[{}]", axes.join(", "))
    }
}
