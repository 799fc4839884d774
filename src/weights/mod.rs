//! Where parameters come from: a safetensors file, or the synthetic recipe.

use std::path::Path;

use crate::error::Result;
use crate::graph::{Graph, ParameterId};

/// The values of a network's parameters.
pub struct Weights {
    _private: (),
}

impl Weights {
    /// The safetensors file at `path`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) where it cannot be read, [`ErrorKind::Weights`](crate::ErrorKind::Weights)
    /// where it is not a sound safetensors file.
    pub fn open(path: &Path) -> Result<Self> {
        let _ = path;
        unimplemented!("being written")
    }

    /// A safetensors file in memory; `name` stands for it in errors.
    ///
    /// # Errors
    /// As [`Weights::open`].
    pub fn from_bytes(
        name: &str,
        bytes: impl Into<std::borrow::Cow<'static, [u8]>>,
    ) -> Result<Self> {
        let _ = (name, bytes.into());
        unimplemented!("being written")
    }

    /// Made-up weights that any framework can reproduce.
    pub fn synthetic(seed: u64) -> Self {
        let _ = seed;
        unimplemented!("being written")
    }

    /// Checks that these are the weights of `graph`: every stored parameter there with its shape, no
    /// tensor left over.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights), listing all missing, misshapen and surplus tensors.
    pub fn check(&self, graph: &Graph) -> Result<()> {
        let _ = graph;
        unimplemented!("being written")
    }

    /// Values of the parameter `id`, stored or derived, in the order of its shape.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights), naming the tensor, where it is missing, misshapen, of a dtype that is no
    /// float, or holds a NaN or an infinity.
    pub fn value(&self, graph: &Graph, id: ParameterId) -> Result<Vec<f32>> {
        let _ = (graph, id);
        unimplemented!("being written")
    }
}
