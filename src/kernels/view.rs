//! Where the values of a tensor are.

use std::ops::Range;

use crate::tensor::Shape;

/// Channels that one `vec4<f32>` holds.
pub const QUAD: usize = 4;

/// A part of a memory slot, in bytes, as a dispatch binds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the slot.
    pub slot: usize,
    /// Offset in the slot.
    pub begin: u64,
    /// Length.
    pub length: u64,
}

/// Storage format of a quad, four channels of a pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Four `f32`: a `vec4<f32>` of a buffer, a texel of `rgba32float`.
    #[default]
    F32,
    /// Four `f16`: two words of a buffer, a texel of `rgba16float`. Shaders compute in f32 and convert at each access.
    F16,
}

impl Format {
    /// Bytes of a quad.
    pub const fn quad_bytes(self) -> u64 {
        match self {
            Format::F32 => 16,
            Format::F16 => 8,
        }
    }

    /// Quads that `bytes` bytes hold.
    pub const fn quads(self, bytes: u64) -> usize {
        (bytes / self.quad_bytes()) as usize
    }

    /// Bytes of `quads` quads.
    pub const fn bytes(self, quads: usize) -> u64 {
        quads as u64 * self.quad_bytes()
    }
}

impl Place {
    /// The place with `guard` bytes added before and after it.
    pub(crate) fn with(self, guard: u64) -> Self {
        Self {
            slot: self.slot,
            begin: self.begin - guard,
            length: self.length + 2 * guard,
        }
    }

    /// The place without `guard` bytes at its beginning and its end.
    pub(crate) fn without(self, guard: u64) -> Self {
        Self {
            slot: self.slot,
            begin: self.begin + guard,
            length: self.length - 2 * guard,
        }
    }
}

/// A tensor inside a memory slot, stored channels last, in quads. Quad `q` of pixel `(y, x)` of image `n` is the
/// `vec4<f32>` at index `((n * height + y) * width + x) * pitch + offset + q` of its place. Lanes beyond the last channel
/// are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The part of a slot that belongs to this tensor, or to the concatenation that this tensor is a slice of.
    pub place: Place,
    /// Format of its quads.
    pub format: Format,
    /// Index of the place's first quad in the binding. A part of a buffer can be bound, so it is 0, or the length of the
    /// guard. A texture is bound as a whole, so it is the index in the slot.
    pub origin: usize,
    /// Shape of one image.
    pub shape: Shape,
    /// Index of the tensor's first quad in the first pixel.
    pub offset: usize,
    /// Distance from one pixel to the next, in quads.
    pub pitch: usize,
}

impl View {
    /// An image at the beginning of `slot`.
    pub fn whole(slot: usize, shape: Shape) -> Self {
        let pitch = quads(shape.channels);
        let format = Format::default();
        Self {
            place: Place {
                slot,
                begin: 0,
                length: format.bytes(shape.pixels() * pitch),
            },
            format,
            origin: 0,
            shape,
            offset: 0,
            pitch,
        }
    }

    /// The channels of `range`, which begins with a whole quad.
    pub fn channels(&self, range: Range<usize>) -> Self {
        Self {
            shape: Shape {
                channels: range.len(),
                ..self.shape
            },
            offset: self.offset + range.start / QUAD,
            ..*self
        }
    }

    /// Quads of the tensor's channels.
    pub fn quads(&self) -> usize {
        quads(self.shape.channels)
    }

    /// The range of quads of the slot from the first to the last of `batch` images. Quads between two pixels may belong
    /// to another tensor.
    pub fn extent(&self, batch: usize) -> Range<usize> {
        let first = self.format.quads(self.place.begin) + self.offset;
        let pixels = batch * self.shape.pixels();
        first..first + (pixels * self.pitch + self.quads()).saturating_sub(self.pitch)
    }
}

/// Number of quads of `channels` channels.
pub fn quads(channels: usize) -> usize {
    channels.div_ceil(QUAD)
}
