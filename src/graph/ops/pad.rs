use super::exactly_one;
use crate::error::Result;
use crate::graph::{Padding, Shape};

/// A border of zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pad {
    /// Its size on each side.
    pub padding: Padding,
}

impl Pad {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let input = exactly_one(inputs)?;
        Ok(Shape::new(
            input.channels,
            input.height + self.padding.top + self.padding.bottom,
            input.width + self.padding.left + self.padding.right,
        ))
    }
}
