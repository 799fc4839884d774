//! Shader texts that several kernels share.

/// Offsets of the weights of a matrix product.
pub const MATRIX: &str = include_str!("../../shaders/core/matrix.wgsl");

/// Multiply-adds of a quad of channels.
pub const LANES: &str = include_str!("../../shaders/core/lanes.wgsl");
