//! What calls bind, and how far they reach into it.

use super::{Format, Place, View};

/// Something that a call binds, and how much of it it may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// What it is.
    pub resource: Resource,
    /// How its quads are stored.
    pub format: Format,
    /// One past the last quad of it that the call reads or writes, counted from where it begins.
    pub reach: usize,
}

/// Something that a dispatch binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// A part of a slot of activations.
    Activations(Place),
    /// Packed parameters, by the place of their recipe in the program's list.
    Parameters(usize),
    /// Anything: a tensor that this dispatch has no use for.
    Nothing,
}

impl Bound {
    /// A tensor that the call has no use for.
    pub const NOTHING: Self = Self {
        resource: Resource::Nothing,
        format: Format::F32,
        reach: 0,
    };
}

impl View {
    /// What a call binds that touches the first so many `quads` of each of the first so many `pixels` of the batch.
    pub(crate) fn bound(&self, pixels: usize, quads: usize) -> Bound {
        let reach = match pixels.checked_sub(1) {
            Some(last) => last * self.pitch + self.offset + quads,
            None => 0,
        };
        Bound {
            resource: Resource::Activations(self.place),
            format: self.format,
            reach,
        }
    }
}
