//! Operations on maps that only some networks need: other sizes, and normalisation across channels.

use crate::error::Result;
use crate::graph::{Crop, Interpolation, LocalResponseNorm, Op, Padding, Resize, Scope, ValueId};

impl Scope<'_> {
    /// The image at another size.
    pub fn resize(
        &self,
        name: &str,
        x: ValueId,
        [height, width]: [usize; 2],
        interpolation: Interpolation,
    ) -> Result<ValueId> {
        let op = Resize {
            height,
            width,
            interpolation,
        };
        self.add_one(name, Op::Resize(op), vec![Some(x)])
    }

    /// The image without its outermost rows and columns.
    pub fn crop(&self, name: &str, x: ValueId, border: Padding) -> Result<ValueId> {
        self.add_one(name, Op::Crop(Crop { border }), vec![Some(x)])
    }

    /// Each value divided by a power of the squares around it.
    pub fn local_response_norm(
        &self,
        name: &str,
        x: ValueId,
        norm: LocalResponseNorm,
    ) -> Result<ValueId> {
        self.add_one(name, Op::LocalResponseNorm(norm), vec![Some(x)])
    }
}
