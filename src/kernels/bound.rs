//! The resources that a call binds, and how far it reaches into them.

use super::{Format, Place, View};

/// A resource that a call binds, and the part of it that the call may access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The resource.
    pub resource: Resource,
    /// How its quads are stored.
    pub format: Format,
    /// One past the last quad that the call reads or writes, counted from the beginning of the resource.
    pub reach: usize,
}

/// A resource that a dispatch binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// A part of a slot of activations.
    Activations(Place),
    /// Packed parameters, by the index of their recipe in the program's list.
    Parameters(usize),
    /// A tensor that this dispatch does not use; any tensor can be bound.
    Nothing,
}

impl Bound {
    /// A tensor that the call does not use.
    pub const NOTHING: Self = Self {
        resource: Resource::Nothing,
        format: Format::F32,
        reach: 0,
    };
}

impl View {
    /// The binding of a call that accesses the first `quads` quads of each of the first `pixels` pixels of the batch.
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
