//! Shader texts that several kernels are made of.

/// What a convolution does with a sum that is complete.
pub const EPILOGUE: &str = include_str!("../../shaders/core/epilogue.wgsl");

/// Where the weights of a matrix product lie.
pub const MATRIX: &str = include_str!("../../shaders/core/matrix.wgsl");

/// Products of a quad of channels.
pub const LANES: &str = include_str!("../../shaders/core/lanes.wgsl");
