use super::wrong_count;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Shape;

/// Channels of several maps of one size, one behind the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concat {
    /// Whether the inputs' producers write straight into their slices of the result, so that nothing
    /// is left to do.
    pub in_place: bool,
}

impl Concat {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let Some(first) = inputs.first() else {
            return Err(wrong_count("at least 1 input", 0));
        };
        if let Some(other) = inputs
            .iter()
            .find(|shape| (shape.height, shape.width) != (first.height, first.width))
        {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("all inputs must have one height and width, found {first} and {other}"),
            ));
        }
        let channels = inputs.iter().map(|shape| shape.channels).sum();
        Ok(Shape::new(channels, first.height, first.width))
    }
}
