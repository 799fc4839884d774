//! What a kernel is: a record that the registry lists.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::binding::{Binding, BindingKind};
use super::encoder::{Encoder, Operands};
use super::fusion::Fusion;
use super::packing::Packing;
use super::reason::Reason;
use super::site::Site;
use super::uniforms::Field;
use super::work::Work;

/// A compute shader and what the host must know of it.
#[derive(Debug)]
pub struct Kernel {
    /// Name of the shader's file, without `.wgsl`.
    pub name: &'static str,
    /// Texts that make up its shader beside those of its uniform block's structs, its entry point's last.
    pub shader: &'static [&'static str],
    /// Fields of the uniform block at binding 0.
    pub uniform: &'static [(&'static str, Field)],
    /// What is bound at bindings 1 and up.
    pub bindings: &'static [Binding],
    /// The sizes that it is compiled in, one of them at least.
    pub instances: &'static [Instance],
    /// Whether it shares values across lanes of a subgroup.
    pub subgroups: bool,
    /// Whether an index that it reads or writes at comes from data, so that nothing can be proved of it beforehand:
    /// such a kernel is always compiled with checks.
    pub data_dependent: bool,
    /// Whether its shader reads its first input by `load`, so that a pipeline can compute an expression there. What it
    /// clears because it lies in a border it clears after that.
    pub prologue: bool,
    /// What it can compute behind an operation, beside a clamp.
    pub fusion: Fusion,
    /// How it computes operations of a graph; none where it computes none: what measures an adapter, what fetches
    /// inputs and delivers answers.
    pub implementation: Option<Implementation>,
}

/// A size that a kernel is compiled in: its tiles, as data.
#[derive(Debug)]
pub struct Instance {
    /// What tells it from the kernel's other instances; empty where there is no other.
    pub name: &'static str,
    /// Invocations in a workgroup, along x: `WORKGROUP_SIZE` in the shader.
    pub workgroup_size: u32,
    /// Constants of the shader that the host computes with too.
    pub constants: &'static [(&'static str, usize)],
}

/// How a kernel computes operations.
#[derive(Clone, Copy)]
pub struct Implementation {
    /// Kinds of operations that it computes, the one that it is made for first. It must agree with their reference
    /// implementations.
    pub ops: &'static [&'static str],
    /// Why it does not compute an operation of one of these kinds.
    pub accept: fn(&Site<'_>, &Instance) -> Result<(), Reason>,
    /// What it takes, where it accepts.
    pub work: fn(&Site<'_>, &Instance) -> Work,
    /// How it wants the operation's parameters, where it has any.
    pub pack: fn(&Site<'_>) -> Option<Packing>,
    /// Its calls, one at least.
    pub encode: fn(&Site<'_>, &Operands<'_>, &mut Encoder),
}

/// One size, of 64 invocations: what most devices run several of at once.
const PLAIN: &[Instance] = &[Instance::only(64, &[])];

impl Kernel {
    /// What most kernels have in common: one size of 64 invocations, and nothing that needs a device's or a
    /// shader's special care.
    pub(crate) const COMMON: Self = Self {
        name: "",
        shader: &[],
        uniform: &[],
        bindings: &[],
        instances: PLAIN,
        subgroups: false,
        data_dependent: false,
        prologue: false,
        fusion: Fusion::None,
        implementation: None,
    };

    /// Kinds of operations that it computes, the one that it is made for first.
    pub fn ops(&self) -> &'static [&'static str] {
        self.implementation.map_or(&[], |kernel| kernel.ops)
    }

    /// Whether it binds something called `name`.
    pub fn binds(&self, name: &str) -> bool {
        self.bindings.iter().any(|binding| binding.name == name)
    }

    /// How many tensors and packed parameters it binds, which are all in the device's kind of storage.
    pub fn tensors(&self) -> u32 {
        let held = |binding: &&Binding| {
            matches!(binding.kind, BindingKind::Tensor | BindingKind::Parameters)
        };
        self.bindings.iter().filter(held).count() as u32
    }
}

impl Implementation {
    /// Of a kernel that is the only one of its operations, takes all of them and needs no parameters.
    pub(crate) const fn only(
        ops: &'static [&'static str],
        encode: fn(&Site<'_>, &Operands<'_>, &mut Encoder),
    ) -> Self {
        Self {
            ops,
            accept: |_, _| Ok(()),
            work: |site, _| Work::unrivalled(site),
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
    /// The only size of a kernel.
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

    /// The constant `name`.
    ///
    /// # Panics
    /// Where it has none of that name: every kernel asks for its own.
    pub(crate) fn constant(&self, name: &str) -> usize {
        let found = self.constants.iter().find(|(other, _)| *other == name);
        match found {
            Some((_, value)) => *value,
            None => panic!("no constant {name}"),
        }
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
