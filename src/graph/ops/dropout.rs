use super::exactly_one;
use crate::error::Result;
use crate::graph::Shape;

/// Nothing at all outside training (Hinton 2012, arXiv:1207.0580).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropout;

impl Dropout {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        exactly_one(inputs)
    }
}
