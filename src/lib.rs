#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

#[cfg(not(target_arch = "wasm32"))]
mod blocking;
#[cfg(feature = "cache")]
pub mod cache;
pub mod device;
pub mod error;
pub mod features;
pub mod frame;
pub mod gpu;
pub mod graph;
pub mod hub;
pub mod kernels;
pub mod likeliest;
pub mod maps;
pub mod npy;
pub mod passes;
pub mod preprocess;
pub mod profile;
pub mod program;
pub mod reference;
pub mod session;
mod suggestion;
pub mod tensor;
pub mod tensor_file;
mod timing;
#[cfg(not(target_arch = "wasm32"))]
pub mod tune;
pub mod weights;
pub mod whole_file;
pub mod zoo;

pub use error::{Error, ErrorKind, Result};
pub use tensor::Tensor;
pub use wgpu;
