//! Weights held against a network.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::stored::StoredTensor;
use super::{Source, Weights, check, derive, stored, synthetic};
use crate::error::{Error, Result};
use crate::graph::{Constant, Graph};
use crate::tensor::Type;

/// Weights that were found to be those of a network, with the names that its tensors have in the file. Clones share the
/// file.
#[derive(Clone)]
pub struct BoundWeights {
    source: Arc<Source>,
    /// Of a file, by the graph's own name.
    tensors: Arc<BTreeMap<String, StoredTensor>>,
}

impl Weights {
    /// Checks that these are the weights of `graph`: every stored tensor there with its shape, no
    /// tensor left over but PyTorch's `num_batches_tracked` and branches that only training uses.
    /// Synthetic weights fit every graph.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights), naming the network of the zoo that they are the weights of,
    /// or listing missing, misshapen and surplus tensors: how many of each and the first five.
    pub fn bind(&self, graph: &Graph) -> Result<BoundWeights> {
        self.check(graph)?;
        Ok(self.bound_unchecked(graph))
    }

    /// As [`Weights::bind`], where what does not fit shows only once it is read.
    pub(super) fn bound_unchecked(&self, graph: &Graph) -> BoundWeights {
        let tensors = match &*self.source {
            Source::File(file) => stored::all(file, graph),
            Source::Synthetic(_) => BTreeMap::new(),
        };
        BoundWeights {
            source: Arc::clone(&self.source),
            tensors: Arc::new(tensors),
        }
    }
}

impl BoundWeights {
    /// Values of the elements in `range` of `constant`, in the order of its extents. What is computed is computed in f64
    /// and rounded once.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights), naming the tensor, where it is missing, misshapen, of a dtype
    /// that is no float, holds a NaN or an infinity, or something else comes out of what is computed of it.
    pub fn values(&self, constant: &Constant, range: Range<usize>) -> Result<Vec<f32>> {
        derive::values(self, constant, range)
    }

    /// Values of a stored tensor: those of its elements in `range`.
    pub(super) fn stored(&self, name: &str, ty: &Type, range: Range<usize>) -> Result<Vec<f32>> {
        match &*self.source {
            Source::Synthetic(seed) => Ok(synthetic::values(*seed, name, ty.dims(), range)),
            Source::File(file) => {
                let own = StoredTensor {
                    name: name.to_owned(),
                    shape: ty.dims().to_vec(),
                };
                let StoredTensor { name, shape } = self.tensors.get(name).unwrap_or(&own);
                match file.shape(name) {
                    Some(found) if found != shape => {
                        Err(file.error(name, check::mismatch(shape, found)))
                    }
                    _ => file.values(name, range),
                }
            }
        }
    }

    /// An error about the tensor or constant `name`.
    pub(super) fn error(&self, name: &str, what: String) -> Error {
        self.source.error(name, what)
    }
}
