use super::operands::Operands;
use crate::error::Result;
use crate::tensor::Type;

/// `exp(x) / sum(exp(x))` over the channels of each pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Softmax;

impl Softmax {
    pub(super) fn infer(inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 1, 1)?;
        operands.maps(0)?;
        Ok(vec![*operands.get(0, "an input")?])
    }
}
