//! Layouts of tensors in an application's buffers.

use crate::kernels::{QUAD, quads};
use crate::tensor::Shape;

/// The order of a tensor's values in an application's buffer. Values are f32, and images follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BufferLayout {
    /// NCHW: value `(c * height + y) * width + x` of an image. It is the order of [`Tensor`](crate::Tensor).
    ChannelsFirst,
    /// NHWC: value `(y * width + x) * channels + c` of an image.
    ChannelsLast,
    /// NHWC with the channels filled up to whole quads: value `(y * width + x) * (4 * quads) + c` of an image, where
    /// `quads` is `ceil(channels / 4)`. Values from channel `channels` on are zero. It is the order of the kernels.
    ChannelQuads,
}

/// Strides between values, in values.
pub struct Strides {
    /// From one image to the next.
    pub image: usize,
    /// From one pixel to the next.
    pub pixel: usize,
    /// From one channel to the next.
    pub channel: usize,
    /// Number of stored channels.
    pub channels: usize,
}

impl BufferLayout {
    /// Bytes of a batch of `batch` tensors of `shape`.
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
