use super::operands::{Operands, refused};
use crate::error::Result;
use crate::graph::Padding;
use crate::tensor::{Shape, Type};

/// Removal of the outermost rows and columns of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Crop {
    /// Pixels to remove on each side.
    pub border: Padding,
}

impl Crop {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.image(0)?;
        self.border.check()?;
        let left = |axis: usize, size: usize| {
            let cut: usize = self.border.along(axis).iter().sum();
            size.checked_sub(cut).filter(|&size| size > 0)
        };
        match (left(0, input.height), left(1, input.width)) {
            (Some(height), Some(width)) => Ok(vec![Type::image(Shape::new(
                input.channels,
                height,
                width,
            ))?]),
            _ => Err(refused(format!(
                "cropping {} leaves nothing of {input}",
                self.border
            ))),
        }
    }
}
