//! The kernels: `shaders/NAME.wgsl` is the device side of a kernel, the file of the same name here its
//! host side: which bindings and uniforms it has, how many workgroups a call needs.
//!
//! A shader file holds no declarations of bindings: [`interface`] writes them from the [`Kernel`], so
//! both sides cannot disagree, and one shader serves tensors in buffers and in textures.

pub mod activation;
pub mod adaptive_average_pool;
pub mod add;
pub mod average_pool;
pub mod batch_norm;
mod call;
pub mod concat;
pub mod conv;
mod conv_layout;
pub mod conv_split_k;
pub mod conv_subgroup;
pub mod conv_tiled;
pub mod conv_transpose2d;
pub mod crop;
pub mod depthwise;
pub mod depthwise_3x3;
pub mod flatten;
pub mod global_average_pool;
pub mod interface;
pub mod linear;
pub mod local_response_norm;
pub mod matrix_conv;
pub mod max_pool;
pub mod packing;
pub mod pad;
pub mod pieces;
pub mod resize;
pub mod softmax;
pub mod uniforms;
mod view;

pub use call::{Call, Resource};
use uniforms::{Field, Value};
pub use view::{GROUP, Place, View, groups};

/// A compute shader and what the host must know of it.
#[derive(Debug)]
pub struct Kernel {
    /// Name of the shader's file, without `.wgsl`.
    pub name: &'static str,
    /// Text of the shader's file.
    pub body: &'static str,
    /// Kind of the operation whose reference implementation it must agree with; empty for those that are no
    /// operation of a graph: what measures an adapter, what fetches inputs and delivers answers.
    pub op: &'static str,
    /// Fields of the uniform block at binding 0.
    pub uniform: &'static [(&'static str, Field)],
    /// Tensors at bindings 1 and up.
    pub bindings: &'static [Binding],
    /// Constants of the shader that the host computes with too.
    pub constants: &'static [(&'static str, usize)],
    /// Invocations in a workgroup, along x: `WORKGROUP_SIZE` in the shader.
    pub workgroup_size: u32,
    /// Whether it shares values across lanes of a subgroup.
    pub subgroups: bool,
}

/// Something that a kernel reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Its name in the shader: `read_NAME(index)` or `write_NAME(index, value)`.
    pub name: &'static str,
    /// Which of the two.
    pub access: Access,
    /// What it is.
    pub kind: BindingKind,
}

/// What is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// A tensor of `vec4<f32>`, in the device's kind of storage.
    Tensor,
    /// Packed parameters, likewise, only read.
    Parameters,
    /// A storage buffer of `f32`.
    Numbers,
    /// A storage buffer of `i32`.
    Integers,
    /// A texture with colours, only read: by `read_NAME(place)`, where the place is a `vec2<u32>`.
    Image,
    /// A texture of `rgba8unorm`, only written: by `write_NAME(place, colour)`, where the place is a
    /// `vec2<u32>`.
    Canvas,
}

/// How a kernel uses a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Access {
    Read,
    Write,
}

pub(crate) const fn read(name: &'static str) -> Binding {
    Binding {
        name,
        access: Access::Read,
        kind: BindingKind::Tensor,
    }
}

pub(crate) const fn parameters(name: &'static str) -> Binding {
    Binding {
        name,
        access: Access::Read,
        kind: BindingKind::Parameters,
    }
}

pub(crate) const fn write(name: &'static str) -> Binding {
    Binding {
        name,
        access: Access::Write,
        kind: BindingKind::Tensor,
    }
}

pub(crate) const fn numbers(name: &'static str, access: Access) -> Binding {
    Binding {
        name,
        access,
        kind: BindingKind::Numbers,
    }
}

/// Every kernel.
pub static KERNELS: &[&Kernel] = &[
    &activation::KERNEL,
    &adaptive_average_pool::KERNEL,
    &add::KERNEL,
    &average_pool::KERNEL,
    &batch_norm::KERNEL,
    &concat::KERNEL,
    &conv::KERNEL,
    &conv_split_k::KERNEL,
    &conv_subgroup::KERNEL,
    &conv_tiled::KERNEL,
    &conv_transpose2d::KERNEL,
    &crop::KERNEL,
    &depthwise::KERNEL,
    &depthwise_3x3::KERNEL,
    &flatten::KERNEL,
    &global_average_pool::KERNEL,
    &linear::KERNEL,
    &local_response_norm::KERNEL,
    &max_pool::KERNEL,
    &pad::KERNEL,
    &resize::KERNEL,
    &softmax::KERNEL,
];

impl PartialEq for Kernel {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Kernel {
    /// Bytes of its uniform block: a multiple of 16, as WGSL rounds structs in uniform buffers.
    pub fn uniform_bytes(&self) -> usize {
        let bytes: usize = self.uniform.iter().map(|(_, field)| field.bytes()).sum();
        bytes.next_multiple_of(16)
    }

    /// Whether `values` are of the kinds that its uniform block has.
    pub(crate) fn takes(&self, values: &[Value<'_>]) -> bool {
        let fields = self.uniform.iter().map(|&(_, field)| field);
        values.iter().map(Value::field).eq(fields)
    }

    /// A call of a kernel whose uniform block is [`FROM_INPUT_TO_OUTPUT`].
    fn call_on(&'static self, input: &View, output: &View, batch: usize, items: usize) -> Call {
        let values = [
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(items),
        ];
        let resources = vec![input.resource(), output.resource()];
        self.call(&values, resources, items)
    }

    /// A call with these values for the uniform block, tensors, and number of invocations.
    pub(crate) fn call(
        &'static self,
        values: &[Value<'_>],
        resources: Vec<Resource>,
        items: usize,
    ) -> Call {
        debug_assert!(self.takes(values));
        debug_assert_eq!(resources.len(), self.bindings.len());
        Call {
            kernel: self,
            uniform: uniforms::encode(values),
            resources,
            workgroups: (items as u64).div_ceil(u64::from(self.workgroup_size)),
        }
    }
}

/// The uniform block of kernels that need to know one input, the result, and how much there is to do.
const FROM_INPUT_TO_OUTPUT: &[(&str, Field)] = &[
    ("input", Field::View),
    ("output", Field::View),
    ("items", Field::Word),
];

/// Pixels of a batch of `view`.
fn pixels(view: &View, batch: usize) -> usize {
    batch * view.shape.pixels()
}
