use std::fmt;

use super::operands::{Operands, refused, with_channels};
use crate::error::Result;
use crate::tensor::Type;

/// Split along the channel axis, with one result for each part: the inverse of `Concat`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Split {
    /// Channels of each part.
    pub channels: Vec<usize>,
}

impl Split {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 1, 1)?;
        let (input, all, _) = operands.pixels(0)?;
        let sum = self
            .channels
            .iter()
            .fold(0, |sum: usize, &channels| sum.saturating_add(channels));
        if self.channels.is_empty() || self.channels.contains(&0) || sum != all {
            return Err(refused(format!(
                "expected parts of at least 1 channel that make {}, found {:?}",
                all, self.channels
            )));
        }
        let mut types = Vec::with_capacity(self.channels.len());
        for &channels in &self.channels {
            types.push(with_channels(input, channels)?);
        }
        Ok(types)
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.channels.iter().map(usize::to_string).collect();
        write!(f, "into {}", parts.join(", "))
    }
}
