//! Operations on maps that only some networks need: other sizes, and normalisation across channels.

use super::{Conv, Scope};
use crate::error::Result;
use crate::graph::{
    Activation, ConvTranspose2d, Crop, Interpolation, LocalResponseNorm, NodeId, Op, Padding,
    ParameterId, Resize,
};

impl Scope<'_> {
    /// The transposed convolution `name` with parameters `name.weight` and `name.bias`.
    pub fn conv_transpose(&self, name: &str, x: NodeId, conv: Conv) -> Result<NodeId> {
        let mut op = ConvTranspose2d {
            window: conv.window,
            output_padding: [0, 0],
            in_channels: self.shape(x).channels,
            out_channels: conv.out_channels,
            groups: conv.groups,
            weight: ParameterId(0),
            bias: None,
            activation: Activation::Identity,
        };
        let layer = self.at(name);
        op.weight = layer.parameter("weight", &op.weight_shape());
        if conv.bias {
            op.bias = Some(layer.parameter("bias", &[conv.out_channels]));
        }
        layer.node(Op::ConvTranspose2d(op), &[x])
    }

    /// The image at another size.
    pub fn resize(
        &self,
        name: &str,
        x: NodeId,
        [height, width]: [usize; 2],
        interpolation: Interpolation,
    ) -> Result<NodeId> {
        let op = Resize {
            height,
            width,
            interpolation,
        };
        self.at(name).node(Op::Resize(op), &[x])
    }

    /// The image without its outermost rows and columns.
    pub fn crop(&self, name: &str, x: NodeId, border: Padding) -> Result<NodeId> {
        self.at(name).node(Op::Crop(Crop { border }), &[x])
    }

    /// Each value divided by a power of the squares around it.
    pub fn local_response_norm(
        &self,
        name: &str,
        x: NodeId,
        norm: LocalResponseNorm,
    ) -> Result<NodeId> {
        self.at(name).node(Op::LocalResponseNorm(norm), &[x])
    }
}
