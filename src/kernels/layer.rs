//! The names of an operation: as listings show it, and as the key of a layer in a tuning.

use std::fmt;

use super::site::Site;
use crate::graph::{Op, Pointwise, describe};
use crate::tensor::Type;

/// The key of a layer in a tuning: the operation, its input, the batch and the storage, without the bias and the
/// expressions that all kernels compute alike.
pub struct Layer<'a>(&'a Site<'a>);

impl<'a> Layer<'a> {
    pub(super) fn new(site: &'a Site<'a>) -> Self {
        Self(site)
    }
}

impl Site<'_> {
    fn types(&self) -> Vec<Option<&Type>> {
        let reads = self.reads.iter();
        reads
            .map(|read| read.as_ref().map(|read| &read.ty))
            .collect()
    }
}

/// The operation as listings show it.
impl fmt::Display for Site<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&describe(&self.op, [&self.pre, &self.post], &self.types()))
    }
}

impl fmt::Display for Layer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (batch, storage) = (self.0.batch(), self.0.device().storage);
        let input = self.0.input();
        // All kernels add biases and clamp values alike.
        let mut types = self.0.types();
        if matches!(
            self.0.op,
            Op::Conv2d(_) | Op::ConvTranspose2d(_) | Op::Linear(_)
        ) {
            types.truncate(2);
        }
        let nothing = Pointwise::identity();
        let op = describe(&self.0.op, [&nothing, &nothing], &types);
        write!(f, "{op} of {input}, batch {batch}, {storage}")
    }
}
