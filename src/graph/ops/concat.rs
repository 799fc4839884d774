use super::operands::{Operands, described, like, refused};
use crate::error::Result;
use crate::tensor::{Shape, Type};

/// Concatenation along the channel axis. All inputs have the same height and width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Concat;

impl Concat {
    pub(super) fn infer(inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 1, usize::MAX)?;
        let shapes = (0..inputs.len()).map(|index| operands.maps(index));
        let shapes: Vec<Shape> = shapes.collect::<Result<_>>()?;
        let (first, first_type) = (shapes[0], operands.get(0, "an input")?);
        let rank = first_type.dims().rank();
        for (index, shape) in shapes.iter().enumerate() {
            let other = operands.get(index, "an input")?;
            let same = (shape.height, shape.width) == (first.height, first.width);
            if !same || other.dims().rank() != rank {
                return Err(refused(format!(
                    "all inputs must have the same height and width, found {} and {}",
                    described(first_type),
                    described(other)
                )));
            }
        }
        let channels = shapes
            .iter()
            .map(|shape| shape.channels)
            .fold(0, usize::saturating_add);
        like(first_type, Shape::new(channels, first.height, first.width))
    }
}
