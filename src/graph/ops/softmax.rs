use super::exactly_one;
use crate::error::Result;
use crate::graph::Shape;

/// `exp(x) / sum(exp(x))` over the channels of each pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Softmax;

impl Softmax {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        exactly_one(inputs)
    }
}
