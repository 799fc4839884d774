#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod atomic_write;
#[cfg(not(target_arch = "wasm32"))]
mod blocking;
#[cfg(feature = "cache")]
pub mod cache;
pub mod device;
pub mod error;
pub mod evaluation;
pub mod features;
pub mod frame;
pub mod gpu;
pub mod graph;
pub mod hub;
pub mod kernels;
pub mod labels;
pub mod maps;
mod meaning;
pub mod network;
pub mod npy;
#[cfg(feature = "onnx")]
pub mod onnx;
pub mod passes;
pub mod photo;
pub mod prediction;
pub mod preprocess;
pub mod profile;
pub mod program;
pub mod reference;
mod regular_file;
pub mod session;
mod suggestion;
pub mod tasks;
pub mod tensor;
pub mod tensor_file;
pub mod terminal;
pub mod text_file;
mod timing;
pub mod top_k;
#[cfg(not(target_arch = "wasm32"))]
pub mod tune;
mod turn;
pub mod weights;
pub mod zoo;

/// Pages of `docs` whose examples compile with the crate.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../docs/own-network.md")]
    struct OwnNetwork;

    #[doc = include_str!("../docs/precision.md")]
    struct Precision;

    #[doc = include_str!("../docs/comparing-kernels.md")]
    struct ComparingKernels;

    #[doc = include_str!("../docs/many-photos.md")]
    struct ManyPhotos;

    #[cfg(feature = "onnx")]
    #[doc = include_str!("../docs/onnx.md")]
    struct Onnx;
}

pub use error::{Error, ErrorKind, Result};
pub use labels::Labels;
pub use network::{Network, NetworkBuilder};
pub use photo::Photo;
pub use tensor::Tensor;
pub use wgpu;
