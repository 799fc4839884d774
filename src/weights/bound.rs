//! Weights held against a network.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::stored::StoredTensor;
use super::{Source, Weights, comparison, sound, stored, synthetic};
use crate::error::{Error, Result};
use crate::graph::{Graph, Op, Origin};
use crate::tensor::Type;

/// Weights that were found to be those of a network, with the names that its tensors have in the file. Clones share the
/// file.
#[derive(Clone)]
pub struct BoundWeights {
    source: Arc<Source>,
    /// Of a file, by the graph's own name.
    tensors: Arc<BTreeMap<String, StoredTensor>>,
    /// What is added to variances before their root is taken, by the graph's own name.
    epsilons: Arc<BTreeMap<String, f64>>,
}

impl Weights {
    /// Checks that these are the weights of `graph`: every stored tensor there with its shape, no
    /// tensor left over but PyTorch's `num_batches_tracked` and branches that only training uses.
    /// Synthetic weights fit every graph.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights), listing missing, misshapen and surplus tensors: how many of
    /// each and the first five.
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
            epsilons: Arc::new(epsilons(graph)),
        }
    }
}

/// Of the stored variances that a batch normalisation of `graph` reads, the least that one adds to each.
fn epsilons(graph: &Graph) -> BTreeMap<String, f64> {
    let mut epsilons = BTreeMap::new();
    for node in graph.nodes() {
        let (Op::BatchNorm(norm), Some(&Some(variance))) = (node.op(), node.inputs().last()) else {
            continue;
        };
        let variance = graph.value(variance);
        if matches!(variance.origin(), Origin::Stored { .. }) {
            let epsilon = epsilons
                .entry(variance.name().to_owned())
                .or_insert(norm.epsilon.0);
            *epsilon = norm.epsilon.0.min(*epsilon);
        }
    }
    epsilons
}

impl BoundWeights {
    /// Values of a stored tensor: those of its elements in `range`.
    pub(super) fn stored(&self, name: &str, ty: &Type, range: Range<usize>) -> Result<Vec<f32>> {
        let begin = range.start;
        let values = self.read(name, ty, range)?;
        if let Some(&epsilon) = self.epsilons.get(name) {
            let exact = values.iter().copied().map(f64::from);
            sound::check_root(exact, epsilon, begin)
                .map_err(|message| self.error(self.name_in_file(name), message))?;
        }
        Ok(values)
    }

    fn read(&self, name: &str, ty: &Type, range: Range<usize>) -> Result<Vec<f32>> {
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
                        Err(file.error(name, comparison::mismatch(shape, found)))
                    }
                    _ => file.values(name, range),
                }
            }
        }
    }

    /// What the file calls the stored tensor `name`.
    pub(super) fn name_in_file<'a>(&'a self, name: &'a str) -> &'a str {
        self.tensors.get(name).map_or(name, |tensor| &tensor.name)
    }

    /// An error about the tensor or constant `name`.
    pub(super) fn error(&self, name: &str, what: String) -> Error {
        self.source.error(name, what)
    }
}
