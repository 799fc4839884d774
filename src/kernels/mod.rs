//! The kernels: `shaders/NAME.wgsl` is the device side of a kernel, the file of the same name here its
//! host side: a record ([`Kernel`]) of which operations it computes, which bindings and uniforms it has, what it
//! declines, how it packs parameters, how many workgroups a call needs. Beside its two files a kernel is its line in
//! [`KERNELS`]; nothing else names it.
//!
//! A shader file holds no declarations of bindings: [`interface`] writes them from the [`Kernel`], so
//! both sides cannot disagree, and one shader serves tensors in buffers and in textures.
//!
//! Kernels see a node of a graph as a [`Site`].

mod activation;
mod adaptive_average_pool;
mod add;
mod average_pool;
mod batch_norm;
mod binding;
mod bound;
mod call;
mod candidate;
mod channelwise;
mod concat;
mod conv;
mod conv_layout;
mod conv_split_k;
mod conv_subgroup;
mod conv_tiled;
mod conv_transpose2d;
mod crop;
mod depthwise;
mod depthwise_3x3;
mod encoder;
mod expression;
mod flatten;
mod fused;
mod fused_epilogue;
mod fused_prologue;
mod fusion;
mod fusion_plan;
mod global_average_pool;
pub mod interface;
mod kernel;
mod linear;
mod local_response_norm;
mod matrix_conv;
mod max_pool;
pub mod packing;
mod pad;
mod parts;
pub mod pieces;
mod reason;
mod reshape;
mod resize;
mod site;
mod softmax;
mod split;
mod unary;
pub mod uniforms;
mod view;
mod work;

pub use binding::{Access, Binding, BindingKind};
pub(crate) use binding::{numbers, parameters, read, write};
pub use bound::{Bound, Resource};
pub use call::Call;
pub use candidate::Candidate;
pub use encoder::{Encoder, Operands};
pub use fused::Fused;
pub(crate) use fused_epilogue::FusedOperand;
pub use fused_epilogue::{FusedEpilogue, OperandKind};
pub use fused_prologue::FusedPrologue;
pub use fusion::Fusion;
pub(crate) use fusion_plan::Source;
pub use kernel::{Implementation, Instance, Kernel};
pub use reason::Reason;
pub(crate) use site::clamp_of;
pub use site::{Layer, Site};
use unary::{FROM_INPUT_TO_OUTPUT, from_all, from_pixels, per_quad};
use uniforms::{Field, Value};
pub use view::{Format, Place, QUAD, View, quads};
pub use work::{Cooperation, Work};

/// Every kernel that computes operations. Of those that could do an operation equally well, the first here is chosen:
/// the more special comes before the more general.
pub static KERNELS: &[&Kernel] = &[
    &activation::KERNEL,
    &adaptive_average_pool::KERNEL,
    &add::KERNEL,
    &average_pool::KERNEL,
    &batch_norm::KERNEL,
    &concat::KERNEL,
    &depthwise_3x3::KERNEL,
    &depthwise::KERNEL,
    &conv_subgroup::KERNEL,
    &conv_tiled::KERNEL,
    &conv_split_k::KERNEL,
    &conv::KERNEL,
    &conv_transpose2d::KERNEL,
    &crop::KERNEL,
    &flatten::KERNEL,
    &global_average_pool::KERNEL,
    &linear::KERNEL,
    &local_response_norm::KERNEL,
    &max_pool::KERNEL,
    &pad::KERNEL,
    &reshape::KERNEL,
    &resize::KERNEL,
    &softmax::KERNEL,
    &split::KERNEL,
];
