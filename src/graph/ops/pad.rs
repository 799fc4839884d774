use super::operands::Operands;
use crate::error::Result;
use crate::graph::Padding;
use crate::tensor::{Shape, Type};

/// Padding of an image with zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pad {
    /// Pixels on each side.
    pub padding: Padding,
}

impl Pad {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.image(0)?;
        self.padding.check()?;
        let wider =
            |axis: usize, size: usize| size + self.padding.along(axis).iter().sum::<usize>();
        Ok(vec![Type::image(Shape::new(
            input.channels,
            wider(0, input.height),
            wider(1, input.width),
        ))?])
    }
}
