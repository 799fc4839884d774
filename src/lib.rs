//! Menagerie runs the classic convolutional networks on any GPU: WGSL compute kernels, dispatched by
//! a graph executor through [`wgpu`].

#![warn(missing_docs)]

pub mod error;
pub mod graph;
pub mod passes;
pub mod preprocess;
pub mod reference;
pub mod tensor;
pub mod tensor_file;
pub mod weights;
pub mod zoo;

pub use error::{Error, ErrorKind, Result};
pub use tensor::Tensor;
pub use wgpu;
