//! Layers on feature maps that only some networks use: resizing, cropping, and normalisation across channels.

use crate::error::Result;
use crate::graph::{
    Crop, GroupNorm, Interpolation, LayerNorm, LocalResponseNorm, Number, Op, Padding, Resize,
    Scope, ValueId,
};

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

    /// Adds the layer normalisation `name` over the channels of each pixel, with parameters `weight` and `bias`.
    pub fn layer_norm(&self, name: &str, x: ValueId, epsilon: f64) -> Result<ValueId> {
        let layer = self.at(name);
        let channels = [self.shape(x)?.channels];
        let inputs = vec![
            Some(x),
            Some(layer.parameter("weight", &channels)?),
            Some(layer.parameter("bias", &channels)?),
        ];
        let op = LayerNorm {
            epsilon: Number(epsilon),
        };
        self.add_one(name, Op::LayerNorm(op), inputs)
    }

    /// Adds the group normalisation `name`, with parameters `weight` and `bias`. `groups` divides the number of channels.
    pub fn group_norm(
        &self,
        name: &str,
        x: ValueId,
        groups: usize,
        epsilon: f64,
    ) -> Result<ValueId> {
        let layer = self.at(name);
        let channels = [self.shape(x)?.channels];
        let inputs = vec![
            Some(x),
            Some(layer.parameter("weight", &channels)?),
            Some(layer.parameter("bias", &channels)?),
        ];
        let op = GroupNorm {
            groups,
            epsilon: Number(epsilon),
        };
        self.add_one(name, Op::GroupNorm(op), inputs)
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
