//! How an application's buffers hold tensors.

use crate::kernels::{QUAD, quads};
use crate::tensor::Shape;

/// The order of a tensor's values in an application's buffer: f32, one image behind the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BufferLayout {
    /// NCHW: value `(c * height + y) * width + x` of an image. What [`Tensor`](crate::Tensor) has.
    ChannelsFirst,
    /// NHWC: value `(y * width + x) * channels + c` of an image.
    ChannelsLast,
    /// NHWC, with as many channels as `vec4<f32>` hold: value `(y * width + x) * (4 * quads) + c` of an image,
    /// zero from `channels` on. What the kernels themselves compute with.
    ChannelQuads,
}

/// Distances between values, in values.
pub struct Strides {
    /// From an image to the next.
    pub image: usize,
    /// From a pixel to the next.
    pub pixel: usize,
    /// From a channel to the next.
    pub channel: usize,
    /// Channels that are stored.
    pub channels: usize,
}

impl BufferLayout {
    /// Bytes that a `batch` of tensors of `shape` takes.
    pub fn bytes(self, shape: Shape, batch: usize) -> u64 {
        (self.strides(shape).image * batch * size_of::<f32>()) as u64
    }

    pub(super) fn strides(self, shape: Shape) -> Strides {
        let (pixels, channels) = (shape.pixels(), shape.channels);
        match self {
            BufferLayout::ChannelsFirst => Strides {
                image: channels * pixels,
                pixel: 1,
                channel: pixels,
                channels,
            },
            BufferLayout::ChannelsLast => Strides {
                image: channels * pixels,
                pixel: channels,
                channel: 1,
                channels,
            },
            BufferLayout::ChannelQuads => {
                let channels = QUAD * quads(channels);
                Strides {
                    image: channels * pixels,
                    pixel: channels,
                    channel: 1,
                    channels,
                }
            }
        }
    }
}
