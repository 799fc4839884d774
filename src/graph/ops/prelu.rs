use super::operands::Operands;
use crate::error::Result;
use crate::graph::pointwise::{Combination, Pointwise};
use crate::tensor::Type;

/// `max(x, 0) + slope * min(x, 0)`. The second input is the slope: one for all channels, or one for each channel as
/// `[channels, 1, 1]` (He 2015, arXiv:1502.01852).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PRelu;

impl PRelu {
    pub(super) fn expression() -> Pointwise {
        let (x, slope) = (Pointwise::identity(), Pointwise::operand(1));
        let below = x.binary(Combination::Min, &Pointwise::constant(0.0));
        x.clamp(0.0, f64::INFINITY).plus(&slope.times(&below))
    }

    pub(super) fn infer(inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 2, 2)?;
        let input = *operands.get(0, "an input")?;
        let slope = operands.get(1, "a slope")?;
        let result = super::pointwise::broadcast([&input, slope].into_iter())?;
        match result == input {
            true => Ok(vec![input]),
            false => Err(super::operands::refused(format!(
                "expected a slope that broadcasts to {input}, found {slope}"
            ))),
        }
    }
}
