//! A call of a kernel: what it reads, writes and covers.

use super::{Kernel, Place};

/// What one call of a kernel reads, writes and covers.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The kernel.
    pub kernel: &'static Kernel,
    /// Words of the uniform block.
    pub uniform: Vec<u32>,
    /// What is bound at bindings 1 and up.
    pub resources: Vec<Resource>,
    /// Workgroups needed, before they are spread over the axes of a dispatch.
    pub workgroups: u64,
}

/// Something that a dispatch binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// A part of a slot of activations.
    Activations(Place),
    /// An arena of packed parameters, by index.
    Weights(usize),
    /// Anything: a tensor that this dispatch has no use for.
    Nothing,
}
