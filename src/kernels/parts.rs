//! Shader texts that several kernels share.

/// Offsets of the weights of a matrix product.
pub const MATRIX: &str = include_str!("../../shaders/core/matrix.wgsl");

/// Places along K of a matrix product.
pub const PLACE_IN_K: &str = include_str!("../../shaders/core/place_in_k.wgsl");

/// The entry point of a matrix product that is staged in workgroup memory.
pub const TILED_PRODUCT: &str = include_str!("../../shaders/core/tiled_product.wgsl");

/// Multiply-adds of a quad of channels.
pub const LANES: &str = include_str!("../../shaders/core/lanes.wgsl");

/// What is under the windows of neighbouring pixels.
pub const STRIP: &str = include_str!("../../shaders/core/strip.wgsl");

/// Reductions of values along axes.
pub const REDUCTION: &str = include_str!("../../shaders/core/reduction.wgsl");

/// Which lanes of a quad of the output are channels.
pub const CHANNEL_MASK: &str = include_str!("../../shaders/core/channel_mask.wgsl");

/// Sums over the invocations of a workgroup.
pub const WORKGROUP_SUM: &str = include_str!("../../shaders/core/workgroup_sum.wgsl");
