//! The bindings of a kernel.

/// A tensor, buffer or texture that a kernel reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Its name in the shader, which calls `read_NAME(index)` or `write_NAME(index, value)`.
    pub name: &'static str,
    /// Whether it is read or written.
    pub access: Access,
    /// Kind of the resource.
    pub kind: BindingKind,
}

/// Kind of a bound resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// A tensor of `vec4<f32>`, in the device's kind of storage.
    Tensor,
    /// Packed parameters, in the same storage, read only.
    Parameters,
    /// A storage buffer of `f32`.
    Numbers,
    /// A storage buffer of `i32`.
    Integers,
    /// A texture with colours, read only: `read_NAME(place)`, where `place` is a `vec2<u32>`.
    Image,
    /// A texture of `rgba8unorm`, write only: `write_NAME(place, colour)`, where `place` is a `vec2<u32>`.
    Canvas,
}

/// How a kernel uses a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Access {
    Read,
    Write,
}

pub(crate) const fn read(name: &'static str) -> Binding {
    binding(name, Access::Read, BindingKind::Tensor)
}

pub(crate) const fn write(name: &'static str) -> Binding {
    binding(name, Access::Write, BindingKind::Tensor)
}

pub(crate) const fn parameters(name: &'static str) -> Binding {
    binding(name, Access::Read, BindingKind::Parameters)
}

pub(crate) const fn numbers(name: &'static str, access: Access) -> Binding {
    binding(name, access, BindingKind::Numbers)
}

const fn binding(name: &'static str, access: Access, kind: BindingKind) -> Binding {
    Binding { name, access, kind }
}
