use super::exactly_one;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Padding, Shape};

/// The image without its outermost rows and columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crop {
    /// How many are cut off on each side.
    pub border: Padding,
}

impl Crop {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let input = exactly_one(inputs)?;
        let left = |size: usize, border: usize| size.checked_sub(border).filter(|&size| size > 0);
        match (
            left(input.height, self.border.top + self.border.bottom),
            left(input.width, self.border.left + self.border.right),
        ) {
            (Some(height), Some(width)) => Ok(Shape::new(input.channels, height, width)),
            _ => Err(Error::new(
                ErrorKind::Shape,
                format!("cutting off {} leaves nothing of {input}", self.border),
            )),
        }
    }
}
