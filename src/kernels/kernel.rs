//! The record of a kernel, as the registry lists it.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::binding::{Binding, BindingKind};
use super::encoder::{Encoder, Operands};
use super::fusion::Fusion;
use super::layout_rule::LayoutRule;
use super::packing::Packing;
use super::reason::Reason;
use super::site::Site;
use super::uniforms::Field;
use super::work::Work;
use crate::device::MatrixSizes;

/// A compute shader, with everything that the host must know about it.
#[derive(Debug)]
pub struct Kernel {
    /// Name of the shader's file, without `.wgsl`.
    pub name: &'static str,
    /// Texts of the shader, the one with the entry point last. The structs of the uniform block are added to them.
    #[doc(hidden)]
    pub shader: &'static [&'static str],
    /// Fields of the uniform block at binding 0.
    #[doc(hidden)]
    pub uniform: &'static [(&'static str, Field)],
    /// Bindings 1 and up.
    pub bindings: &'static [Binding],
    /// The sizes that it is compiled in, at least one.
    pub instances: &'static [Instance],
    /// Whether it exchanges values between the lanes of a subgroup.
    pub subgroups: bool,
    /// Whether it multiplies by matrix units. Each of its instances has a constant `SIZE`: the rows and the columns of a matrix.
    pub matrix_units: bool,
    /// Whether an index that it reads or writes comes from data. Such an index cannot be proved to be in bounds, so
    /// the kernel is always compiled with checks.
    pub data_dependent: bool,
    /// Which memory layouts its tensors may have.
    #[doc(hidden)]
    pub layouts: LayoutRule,
    /// Whether a pipeline can fuse a prologue into it: its shader reads the first input by `load`, and clears taps in
    /// the border after `load`.
    #[doc(hidden)]
    pub prologue: bool,
    /// Whether it computes two convolutions: its shader calls `between` for each quad of the first one.
    #[doc(hidden)]
    pub pair: bool,
    /// Which expression a pipeline can fuse into it where it stores, besides a clamp.
    #[doc(hidden)]
    pub fusion: Fusion,
    /// How it computes operations of a graph. `None` if it computes none, as the kernels that measure an adapter or
    /// move inputs and outputs.
    #[doc(hidden)]
    pub implementation: Option<Implementation>,
}

/// A size that a kernel is compiled in: workgroup size and tile sizes, as data.
#[derive(Debug)]
pub struct Instance {
    /// Distinguishes it from the kernel's other instances; empty if the kernel has only one.
    pub name: &'static str,
    /// Invocations in a workgroup, along x: `WORKGROUP_SIZE` in the shader.
    pub workgroup_size: u32,
    /// Constants of the shader that the host uses as well.
    pub constants: &'static [(&'static str, usize)],
}

/// How a kernel computes operations.
#[derive(Clone, Copy)]
pub struct Implementation {
    /// Kinds of operations that it computes, its main kind first. It must agree with their reference implementations.
    pub ops: &'static [&'static str],
    /// Checks that it computes an operation of one of these kinds, or returns the reason why not.
    pub accept: fn(&Site<'_>, &Instance) -> Result<(), Reason>,
    /// The most turns that the loops of an invocation take, all together. Loops that drivers unroll in checked shaders as
    /// well do not count.
    pub loop_turns: fn(&Site<'_>, &Instance) -> usize,
    /// The work that it does for an operation that it accepts.
    pub work: fn(&Site<'_>, &Instance) -> Work,
    /// The packing of the operation's parameters, if it has any.
    pub pack: fn(&Site<'_>) -> Option<Packing>,
    /// Encodes its calls, at least one.
    pub encode: fn(&Site<'_>, &Operands<'_>, &mut Encoder),
}

/// One size, of 64 invocations. Most devices run several such workgroups at once.
const PLAIN: &[Instance] = &[Instance::only(64, &[])];

impl Kernel {
    /// The fields that most kernels have in common: one size of 64 invocations and no special features.
    pub(crate) const COMMON: Self = Self {
        name: "",
        shader: &[],
        uniform: &[],
        bindings: &[],
        instances: PLAIN,
        subgroups: false,
        matrix_units: false,
        data_dependent: false,
        layouts: LayoutRule::ChannelsLast,
        prologue: false,
        pair: false,
        fusion: Fusion::None,
        implementation: None,
    };

    /// Kinds of operations that it computes, its main kind first.
    pub fn ops(&self) -> &'static [&'static str] {
        self.implementation.map_or(&[], |kernel| kernel.ops)
    }

    /// The matrices that it multiplies in the size `instance`, if it uses matrix units.
    pub(crate) fn matrices(&self, instance: &Instance) -> Option<MatrixSizes> {
        self.matrix_units.then(|| match instance.constant("SIZE") {
            8 => MatrixSizes::OF_8,
            _ => MatrixSizes::OF_16,
        })
    }

    /// Whether it has a binding called `name`.
    pub fn binds(&self, name: &str) -> bool {
        self.bindings.iter().any(|binding| binding.name == name)
    }

    /// Number of tensors and packed parameters that it binds. All of them are in the device's kind of storage.
    pub fn tensors(&self) -> u32 {
        let held = |binding: &&Binding| {
            matches!(binding.kind, BindingKind::Tensor | BindingKind::Parameters)
        };
        self.bindings.iter().filter(held).count() as u32
    }
}

/// The most turns of nested loops of these extents, the outermost first: what [`Implementation::loop_turns`] counts. Each
/// time that a loop ends, it takes one turn more.
pub(crate) fn nested_turns(extents: &[usize]) -> usize {
    let inwards = extents.iter().rev();
    inwards.fold(0, |inner, extent| extent * (inner + 1) + 1)
}

impl Implementation {
    /// The implementation of a kernel without parameters that is the only one for its operations and accepts all of
    /// them.
    pub(crate) const fn only(
        ops: &'static [&'static str],
        encode: fn(&Site<'_>, &Operands<'_>, &mut Encoder),
    ) -> Self {
        Self {
            ops,
            accept: |_, _| Ok(()),
            loop_turns: |_, _| 0,
            work: |site, _| Work::only(site),
            pack: |_| None,
            encode,
        }
    }
}

impl PartialEq for Kernel {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Kernel {}

impl Hash for Kernel {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Instance {
    /// The size of a kernel that has only one.
    pub(crate) const fn only(
        workgroup_size: u32,
        constants: &'static [(&'static str, usize)],
    ) -> Self {
        Self {
            name: "",
            workgroup_size,
            constants,
        }
    }

    /// One of several sizes of a kernel.
    pub(crate) const fn named(
        name: &'static str,
        workgroup_size: u32,
        constants: &'static [(&'static str, usize)],
    ) -> Self {
        Self {
            name,
            ..Self::only(workgroup_size, constants)
        }
    }

    /// The constant `name`.
    ///
    /// # Panics
    /// If there is no such constant. A kernel only asks for its own constants.
    pub(crate) fn constant(&self, name: &str) -> usize {
        let found = self.constants.iter().find(|(other, _)| *other == name);
        match found {
            Some((_, value)) => *value,
            None => panic!("no constant {name}"),
        }
    }

    /// Checks that the subgroups of the device have as many lanes as the constant `LANES`.
    pub(super) fn accept_lanes(&self, site: &Site<'_>) -> Result<(), Reason> {
        let lanes = self.constant("LANES");
        let found = match site.device().subgroup_size {
            Some(size) if size as usize == lanes => return Ok(()),
            Some(size) => size.to_string(),
            None => "none".to_owned(),
        };
        Err(Reason::new(format!(
            "needs subgroups of {lanes}, found {found}"
        )))
    }
}

impl PartialEq for Instance {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Instance {}

impl Hash for Instance {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Implementation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Implementation({})", self.ops.join(", "))
    }
}
