//! Weights that were checked against a network.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::file::TensorFile;
use super::largest::Largest;
use super::naming::Naming;
use super::{Source, Weights, checks, naming, synthetic};
use crate::error::{Error, Result};
use crate::graph::{Graph, Op, Origin};
use crate::tensor::Type;

/// Weights that match a network, with the names of its tensors in the file. Clones share the file.
#[derive(Clone)]
pub struct BoundWeights {
    source: Arc<Source>,
    /// The names of parameters in a file.
    naming: Arc<Naming>,
    /// The epsilon that is added to each variance before the square root, by the variance's name in the graph.
    epsilons: Arc<BTreeMap<String, f64>>,
    allows_non_finite: bool,
    pub(super) largest: Arc<Largest>,
}

impl Weights {
    /// Finds the parameters of `graph` in the file. Synthetic weights have every parameter.
    ///
    /// The names are those of the graph, with a common prefix or none. Or they are other names with the same structure:
    /// the layers of a module follow each other in the graph, numbered modules are in order, and modules with the same
    /// names inside have them in the same order. All shapes must fit; trailing extents of 1 do not count, and a linear
    /// layer may be a convolution that covers its whole input. The last layer may have any name if it is the only one left
    /// that fits, and its bias may be missing. Of several copies of the network, the moving average is used.
    ///
    /// Tensors beside the network's modules are ignored, as are PyTorch's `num_batches_tracked` and branches that only
    /// training uses. Others are an error, because they show that the file belongs to another network.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights), with what is missing, misshapen, surplus or ambiguous;
    /// [`ErrorKind::AmbiguousWeights`](crate::ErrorKind::AmbiguousWeights) if the file has several copies of the network,
    /// and none or several are averages: [`Weights::with_prefix`] selects one.
    pub fn bind(&self, graph: &Graph) -> Result<BoundWeights> {
        Ok(self.bound(graph, self.naming_of(graph)?))
    }

    /// Does the same as [`Weights::bind`] without the check. A mismatch is then an error when the tensor is read.
    pub(super) fn bound_unchecked(&self, graph: &Graph) -> BoundWeights {
        self.bound(graph, self.naming_of(graph).unwrap_or_default())
    }

    fn bound(&self, graph: &Graph, naming: Arc<Naming>) -> BoundWeights {
        BoundWeights {
            source: Arc::clone(&self.source),
            naming,
            epsilons: Arc::new(epsilons(graph)),
            allows_non_finite: self.allows_non_finite,
            largest: Arc::clone(&self.largest),
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
        if let Some(&epsilon) = self.epsilons.get(name)
            && !self.allows_non_finite
        {
            let exact = values.iter().copied().map(f64::from);
            checks::check_root(exact, epsilon, begin)
                .map_err(|message| self.error(self.name_in_file(name), message))?;
        }
        Ok(values)
    }

    fn read(&self, name: &str, ty: &Type, range: Range<usize>) -> Result<Vec<f32>> {
        match &*self.source {
            Source::Synthetic(seed) => Ok(synthetic::values(*seed, name, ty.dims(), range)),
            Source::File(file) => match self.naming.get(name) {
                Some(None) => Ok(vec![0.0; range.len()]),
                Some(Some(name)) => self.read_file(file, name, range),
                None => match file.shape(name) {
                    Some(found) if found != ty.dims().as_ref() => {
                        Err(file.error(name, naming::mismatch(ty.dims(), found)))
                    }
                    _ => self.read_file(file, name, range),
                },
            },
        }
    }

    fn read_file(&self, file: &TensorFile, name: &str, range: Range<usize>) -> Result<Vec<f32>> {
        match self.allows_non_finite {
            true => file.any_values(name, range),
            false => file.values(name, range),
        }
    }

    /// Returns whether values may be NaN or infinite.
    pub(super) fn allows_non_finite(&self) -> bool {
        self.allows_non_finite
    }

    /// Returns the name in the file of the parameter `name` of the network. `None` if the file does not have it: a bias
    /// that is zero, or any parameter of synthetic weights.
    pub fn found_as(&self, name: &str) -> Option<&str> {
        self.naming.get(name).flatten()
    }

    /// Returns the name of the stored tensor `name` in the file, for messages.
    pub(super) fn name_in_file<'a>(&'a self, name: &'a str) -> &'a str {
        self.found_as(name).unwrap_or(name)
    }

    /// Returns an error about a value of the constant `name` that is not finite.
    pub(super) fn not_finite(&self, name: &str, what: String) -> Error {
        self.source.not_finite(name, what)
    }

    /// Returns an error about the tensor or constant `name`.
    pub(super) fn error(&self, name: &str, what: String) -> Error {
        self.source.error(name, what)
    }
}
