use super::operands::Operands;
use crate::error::Result;
use crate::tensor::Type;

/// Conversion of each image into one vector, in channel, row, column order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flatten;

impl Flatten {
    pub(super) fn infer(inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let shape = Operands::new(inputs, 1, 1)?.maps(0)?;
        Ok(vec![Type::vector(shape.elements())?])
    }
}
