//! Under which name and shape a file stores a parameter: the graph's own, or those of a dialect.

use super::file::TensorFile;
use crate::graph::{Derivation, Dialect, Graph, Parameter};

/// Name and shape of a parameter in a file.
pub(super) struct StoredTensor {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
}

/// The stored parameters of `graph` as the file has them whose dialect is `dialect`, none for the
/// graph's own names.
pub(super) fn tensors(graph: &Graph, dialect: Option<&Dialect>) -> Vec<StoredTensor> {
    let parameters = graph.parameters().iter();
    parameters
        .filter(|parameter| parameter.derivation == Derivation::Stored)
        .map(|parameter| tensor(parameter, dialect))
        .collect()
}

/// The stored parameters of `graph` in the dialect of `file`: the one whose names it has most of.
pub(super) fn tensors_of(file: &TensorFile, graph: &Graph) -> Vec<StoredTensor> {
    let found = |tensors: &[StoredTensor]| {
        let tensors = tensors.iter();
        tensors
            .filter(|tensor| file.shape(&tensor.name).is_some())
            .count()
    };
    let mut best = tensors(graph, None);
    for dialect in graph.dialects() {
        let tensors = tensors(graph, Some(dialect));
        if found(&tensors) > found(&best) {
            best = tensors;
        }
    }
    best
}

/// `parameter` as `file` has it, under the graph's own name where it has it not at all.
pub(super) fn find(file: &TensorFile, graph: &Graph, parameter: &Parameter) -> StoredTensor {
    let own = tensor(parameter, None);
    if file.shape(&own.name).is_some() {
        return own;
    }
    let translated = graph.dialects().iter();
    translated
        .map(|dialect| tensor(parameter, Some(dialect)))
        .find(|tensor| file.shape(&tensor.name).is_some())
        .unwrap_or(own)
}

fn tensor(parameter: &Parameter, dialect: Option<&Dialect>) -> StoredTensor {
    let (name, shape) = match dialect {
        Some(dialect) => dialect.tensor(parameter),
        None => (parameter.name.clone(), parameter.shape.clone()),
    };
    StoredTensor { name, shape }
}
