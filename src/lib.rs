pub mod error;
pub mod graph;
pub mod hub;
pub mod likeliest;
pub mod maps;
pub mod passes;
pub mod preprocess;
pub mod reference;
pub mod tensor;
pub mod tensor_file;
pub mod weights;
pub mod whole_file;
pub mod zoo;

pub use error::{Error, ErrorKind, Result};
pub use tensor::Tensor;
