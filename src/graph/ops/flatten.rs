use super::exactly_one;
use crate::error::Result;
use crate::graph::Shape;

/// All values as one vector, in channel, row, column order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flatten;

impl Flatten {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        Ok(Shape::vector(exactly_one(inputs)?.elements()))
    }
}
