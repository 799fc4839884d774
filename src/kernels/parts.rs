//! Shader texts that several kernels are made of.

/// Where the weights of a matrix product lie.
pub const MATRIX: &str = include_str!("../../shaders/core/matrix.wgsl");

/// Products of a quad of channels.
pub const LANES: &str = include_str!("../../shaders/core/lanes.wgsl");
