//! Where a tensor's values are.

use std::ops::Range;

use crate::graph::Shape;

/// Channels that one `vec4<f32>` holds.
pub const GROUP: usize = 4;

/// A tensor inside a slot: channels last, in groups of four. The group `g` of pixel `(y, x)` of image
/// `n` is the `vec4<f32>` at `((n * height + y) * width + x) * pitch + offset + g`. Lanes beyond the
/// last channel hold zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Index of the slot.
    pub slot: usize,
    /// Shape of one image.
    pub shape: Shape,
    /// First group of a pixel that belongs to the tensor.
    pub offset: usize,
    /// Groups from one pixel to the next.
    pub pitch: usize,
}

impl View {
    /// A tensor that has `slot` to itself.
    pub fn whole(slot: usize, shape: Shape) -> Self {
        Self {
            slot,
            shape,
            offset: 0,
            pitch: groups(shape.channels),
        }
    }

    /// A range of the channels, which begins with a whole group.
    pub fn channels(&self, range: Range<usize>) -> Self {
        Self {
            shape: Shape {
                channels: range.len(),
                ..self.shape
            },
            offset: self.offset + range.start / GROUP,
            ..*self
        }
    }

    /// Groups of the tensor's own channels.
    pub fn groups(&self) -> usize {
        groups(self.shape.channels)
    }
}

/// Groups that `channels` take.
pub fn groups(channels: usize) -> usize {
    channels.div_ceil(GROUP)
}
