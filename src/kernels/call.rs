//! A call of a kernel: what it reads, writes and covers.

use super::uniforms::{Value, encode};
use super::{Format, Instance, Kernel, Place};

/// What one call of a kernel reads, writes and covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The kernel.
    pub kernel: &'static Kernel,
    /// Which of its sizes.
    pub instance: &'static Instance,
    /// Words of the uniform block.
    pub uniform: Vec<u32>,
    /// The words among them that say where the packed parameters begin in what is bound: zero, until that is known.
    pub relocations: Vec<usize>,
    /// What is bound at bindings 1 and up.
    pub bound: Vec<Bound>,
    /// Workgroups needed, before they are spread over the axes of a dispatch.
    pub workgroups: u64,
}

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

impl Call {
    /// A call with these values for the uniform block and these tensors, of so many invocations.
    pub(crate) fn new(
        kernel: &'static Kernel,
        instance: &'static Instance,
        values: &[Value<'_>],
        bound: Vec<Bound>,
        invocations: usize,
    ) -> Self {
        debug_assert!(kernel.takes(values), "{}", kernel.name);
        debug_assert_eq!(bound.len(), kernel.bindings.len(), "{}", kernel.name);
        let size = u64::from(instance.workgroup_size);
        Self {
            kernel,
            instance,
            uniform: encode(values),
            relocations: kernel.parameter_words(),
            bound,
            workgroups: (invocations as u64).div_ceil(size),
        }
    }
}

impl Bound {
    /// A tensor that the call has no use for.
    pub const NOTHING: Self = Self {
        resource: Resource::Nothing,
        format: Format::F32,
        reach: 0,
    };
}
