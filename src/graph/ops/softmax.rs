use super::operands::Operands;
use crate::error::Result;
use crate::tensor::Type;

/// `exp(x) / sum(exp(x))` over the channels (axis 1) of each pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Softmax;

impl Softmax {
    pub(super) fn infer(inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 1, 1)?;
        let (input, ..) = operands.pixels(0)?;
        Ok(vec![*input])
    }
}
