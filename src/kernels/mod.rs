//! The compute kernels.
//!
//! A kernel has two files. `shaders/NAME.wgsl` is its shader. The file of the same name in this folder is its host side:
//! a [`Kernel`] record with the operations that it computes, its bindings and uniforms, the cases that it does not
//! accept, the packing of its parameters, and the number of workgroups of a call. Besides these two files, only
//! [`KERNELS`] names the kernel.
//!
//! A shader file declares no bindings. [`interface`] writes the declarations from the [`Kernel`], so the two sides
//! cannot disagree, and one shader works with tensors in buffers and in textures.
//!
//! Kernels read a node of a graph as a [`Site`].

mod activation;
mod adaptive_average_pool;
mod add;
mod arrangement;
mod average_pool;
mod batch_norm;
mod binding;
mod bound;
mod call;
mod candidate;
mod channelwise;
mod concat;
mod conv;
mod conv_band;
mod conv_grouped;
mod conv_layout;
mod conv_matrix_units;
mod conv_packing;
mod conv_separable;
mod conv_split_k;
mod conv_subgroup;
mod conv_tiled;
mod conv_transpose2d;
mod crop;
mod declared;
mod depthwise;
mod depthwise_expanded;
mod depthwise_expanded_subgroup;
mod depthwise_unrolled;
mod encoder;
mod expanded;
mod expression;
mod flatten;
mod fused;
mod fused_between;
mod fused_epilogue;
mod fused_prologue;
mod fusion;
mod fusion_plan;
mod global_average_pool;
mod global_average_pool_workgroup;
mod group_norm;
pub mod interface;
mod kernel;
mod layer;
mod layer_norm;
mod layer_norm_workgroup;
mod layout_rule;
mod linear;
mod local_response_norm;
mod mat_mul;
mod matrix_conv;
mod matrix_work;
mod max_pool;
mod obstacle;
mod packed_parameters;
#[doc(hidden)]
pub mod packing;
mod pad;
mod pair;
mod parts;
#[doc(hidden)]
pub mod pieces;
mod read;
mod rearrange;
mod reason;
mod reduce;
mod reduce_workgroup;
mod resize;
mod site;
mod site_parts;
mod softmax;
mod softmax_workgroup;
mod split;
mod unary;
#[doc(hidden)]
pub mod uniforms;
mod view;
mod winograd_input;
mod winograd_packing;
mod winograd_result;
mod work;

#[doc(hidden)]
pub use arrangement::Arrangement;
pub use binding::{Access, Binding, BindingKind};
pub(crate) use binding::{numbers, parameters, read, write};
#[doc(hidden)]
pub use bound::{Bound, Resource};
#[doc(hidden)]
pub use call::Call;
pub use candidate::Candidate;
pub use declared::Declaration;
#[doc(hidden)]
pub use encoder::{Encoder, Operands};
#[doc(hidden)]
pub use fused::Fused;
pub(crate) use fused_epilogue::FusedOperand;
#[doc(hidden)]
pub use fused_epilogue::{FusedEpilogue, OperandKind};
#[doc(hidden)]
pub use fused_prologue::FusedPrologue;
#[doc(hidden)]
pub use fusion::Fusion;
pub(crate) use fusion_plan::Source;
#[doc(hidden)]
pub use kernel::Implementation;
use kernel::nested_turns;
pub use kernel::{Instance, Kernel};
pub use layer::Layer;
pub(crate) use layout_rule::CommonLayout;
#[doc(hidden)]
pub use layout_rule::LayoutRule;
pub use reason::Reason;
pub use site::Site;
pub(crate) use site::clamp_of;
use unary::{FROM_INPUT_TO_OUTPUT, from_all, from_pixels, per_quad};
use uniforms::{Field, Value};
#[doc(hidden)]
pub use view::{Format, Place, View};
pub use view::{QUAD, quads};
pub use work::{Cooperation, Work};

/// All kernels that compute operations. If two kernels are equally good for an operation, the first of this list is
/// chosen. So a more special kernel comes before a more general one.
pub static KERNELS: &[&Kernel] = &[
    &activation::KERNEL,
    &adaptive_average_pool::KERNEL,
    &add::KERNEL,
    &average_pool::KERNEL,
    &batch_norm::KERNEL,
    &concat::KERNEL,
    &depthwise_unrolled::KERNEL,
    &depthwise::KERNEL,
    &conv_grouped::KERNEL,
    &conv_matrix_units::KERNEL,
    &conv_subgroup::KERNEL,
    &conv_tiled::KERNEL,
    &conv_split_k::KERNEL,
    &conv::KERNEL,
    &conv_separable::KERNEL,
    &depthwise_expanded_subgroup::KERNEL,
    &depthwise_expanded::KERNEL,
    &conv_transpose2d::KERNEL,
    &crop::KERNEL,
    &flatten::KERNEL,
    &global_average_pool::KERNEL,
    &global_average_pool_workgroup::KERNEL,
    &group_norm::KERNEL,
    &layer_norm::KERNEL,
    &layer_norm_workgroup::KERNEL,
    &linear::KERNEL,
    &local_response_norm::KERNEL,
    &mat_mul::KERNEL,
    &max_pool::KERNEL,
    &pad::KERNEL,
    &rearrange::KERNEL,
    &reduce::KERNEL,
    &reduce_workgroup::KERNEL,
    &resize::KERNEL,
    &softmax::KERNEL,
    &softmax_workgroup::KERNEL,
    &split::KERNEL,
    &winograd_input::KERNEL,
    &winograd_result::KERNEL,
];
