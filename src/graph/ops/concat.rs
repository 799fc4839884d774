use super::operands::{Operands, described, refused, with_channels};
use crate::error::Result;
use crate::tensor::Type;

/// Concatenation along the channel axis, which is axis 1. All other extents are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Concat;

impl Concat {
    pub(super) fn infer(inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 1, usize::MAX)?;
        let (first, mut channels, pixels) = operands.pixels(0)?;
        for index in 1..inputs.len() {
            let (other, more, others) = operands.pixels(index)?;
            if others != pixels {
                return Err(refused(format!(
                    "all inputs must have the same extents but channels, found {} and {}",
                    described(first),
                    described(other)
                )));
            }
            channels = channels.saturating_add(more);
        }
        Ok(vec![with_channels(first, channels)?])
    }
}
