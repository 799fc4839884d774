//! Weights that were checked against a network.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::stored::StoredTensor;
use super::{Source, Weights, checks, comparison, stored, synthetic};
use crate::error::{Error, Result};
use crate::graph::{Graph, Op, Origin};
use crate::tensor::Type;

/// Weights that match a network, with the names of its tensors in the file. Clones share the file.
#[derive(Clone)]
pub struct BoundWeights {
    source: Arc<Source>,
    /// The tensors of a file, by their names in the graph.
    tensors: Arc<BTreeMap<String, StoredTensor>>,
    /// The epsilon that is added to each variance before the square root, by the variance's name in the graph.
    epsilons: Arc<BTreeMap<String, f64>>,
}

impl Weights {
    /// Checks that these are the weights of `graph`: each stored tensor is present with its shape, and there are no
    /// others, except PyTorch's `num_batches_tracked` and branches that only training uses. Synthetic weights match
    /// every graph.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights), with the number and the first five names of missing,
    /// misshapen and surplus tensors.
    pub fn bind(&self, graph: &Graph) -> Result<BoundWeights> {
        self.check(graph)?;
        Ok(self.bound_unchecked(graph))
    }

    /// Does the same as [`Weights::bind`] without the check. A mismatch is then an error when the tensor is read.
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

/// Returns the stored variances that batch normalisations of `graph` read, with the smallest epsilon that is added
/// to each.
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
    /// Returns the elements in `range` of a stored tensor.
    pub(super) fn stored(&self, name: &str, ty: &Type, range: Range<usize>) -> Result<Vec<f32>> {
        let begin = range.start;
        let values = self.read(name, ty, range)?;
        if let Some(&epsilon) = self.epsilons.get(name) {
            let exact = values.iter().copied().map(f64::from);
            checks::check_root(exact, epsilon, begin)
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

    /// Returns the name of the stored tensor `name` in the file.
    pub(super) fn name_in_file<'a>(&'a self, name: &'a str) -> &'a str {
        self.tensors.get(name).map_or(name, |tensor| &tensor.name)
    }

    /// Returns an error about the tensor or constant `name`.
    pub(super) fn error(&self, name: &str, what: String) -> Error {
        self.source.error(name, what)
    }
}
