//! Layers on feature maps that only some networks use: resizing, cropping, and normalisation across channels.

use crate::error::Result;
use crate::graph::{Crop, Interpolation, LocalResponseNorm, Op, Padding, Resize, Scope, ValueId};

impl Scope<'_> {
    /// Resizes the image to `[height, width]` pixels.
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

    /// Crops `border` from the image.
    pub fn crop(&self, name: &str, x: ValueId, border: Padding) -> Result<ValueId> {
        self.add_one(name, Op::Crop(Crop { border }), vec![Some(x)])
    }

    /// Adds a local response normalisation.
    pub fn local_response_norm(
        &self,
        name: &str,
        x: ValueId,
        norm: LocalResponseNorm,
    ) -> Result<ValueId> {
        self.add_one(name, Op::LocalResponseNorm(norm), vec![Some(x)])
    }
}
