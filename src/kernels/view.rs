//! Where a tensor's values are.

use std::ops::Range;

use crate::tensor::Shape;

/// Channels that one `vec4<f32>` holds.
pub const QUAD: usize = 4;

/// A part of a slot, in bytes: what a dispatch binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the slot.
    pub slot: usize,
    /// Where it begins.
    pub begin: u64,
    /// How long it is.
    pub length: u64,
}

/// How a quad of four channels is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Four `f32`: a `vec4<f32>` of a buffer, a texel of `rgba32float`.
    #[default]
    F32,
}

impl Format {
    /// Bytes of a quad.
    pub const fn quad_bytes(self) -> u64 {
        match self {
            Format::F32 => 16,
        }
    }

    /// Bytes of so many quads.
    pub const fn bytes(self, quads: usize) -> u64 {
        quads as u64 * self.quad_bytes()
    }
}

impl Place {
    /// The same with a guard of so many bytes in front and behind.
    pub(crate) fn with(self, guard: u64) -> Self {
        Self {
            slot: self.slot,
            begin: self.begin - guard,
            length: self.length + 2 * guard,
        }
    }

    /// What is left of it without such guards.
    pub(crate) fn without(self, guard: u64) -> Self {
        Self {
            slot: self.slot,
            begin: self.begin + guard,
            length: self.length - 2 * guard,
        }
    }
}

/// A tensor inside a slot: channels last, in quads. The quad `q` of pixel `(y, x)` of image
/// `n` is the `vec4<f32>` at `((n * height + y) * width + x) * pitch + offset + q` of its place. Lanes beyond
/// the last channel hold zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The part of a slot that it, or the concatenation that it is a slice of, has to itself.
    pub place: Place,
    /// How its quads are stored.
    pub format: Format,
    /// Where that begins in what a dispatch binds: 0 in buffers, of which a part can be bound, or behind the
    /// guard; and its place in the slot in textures, which are bound whole.
    pub origin: usize,
    /// Shape of one image.
    pub shape: Shape,
    /// First quad of the first pixel that belongs to the tensor.
    pub offset: usize,
    /// Quads from one pixel to the next.
    pub pitch: usize,
}

impl View {
    /// An image that has the beginning of `slot` to itself.
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

    /// A range of the channels, which begins with a whole quad.
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

    /// Groups of the tensor's own channels.
    pub fn quads(&self) -> usize {
        quads(self.shape.channels)
    }

    /// The quads of the slot from the first to the last of `batch` images; what lies between two pixels may be another
    /// tensor's.
    pub fn extent(&self, batch: usize) -> Range<usize> {
        let first = (self.place.begin / self.format.quad_bytes()) as usize + self.offset;
        let pixels = batch * self.shape.pixels();
        first..first + (pixels * self.pitch + self.quads()).saturating_sub(self.pitch)
    }
}

/// Quads that `channels` take.
pub fn quads(channels: usize) -> usize {
    channels.div_ceil(QUAD)
}
