//! Under which name and shape a file stores a parameter: the graph's own, or those of a dialect.

use std::collections::BTreeMap;

use super::file::TensorFile;
use crate::graph::{Dialect, Graph, Value};

/// Name and shape of a parameter in a file.
pub(crate) struct StoredTensor {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
}

/// The stored parameters of `graph` as the file has them whose dialect is `dialect`, none for the
/// graph's own names.
pub(super) fn tensors(graph: &Graph, dialect: Option<&Dialect>) -> Vec<StoredTensor> {
    let stored = graph.stored();
    stored.map(|(_, value)| tensor(value, dialect)).collect()
}

/// All stored tensors of `graph` as `file` has them, by the graph's own names.
pub(super) fn all(file: &TensorFile, graph: &Graph) -> BTreeMap<String, StoredTensor> {
    let stored = graph.stored();
    stored
        .map(|(_, value)| (value.name().to_owned(), find(file, graph, value)))
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

/// The stored tensor `value` as `file` has it, under the graph's own name where it has it not at all.
pub(super) fn find(file: &TensorFile, graph: &Graph, value: &Value) -> StoredTensor {
    let own = tensor(value, None);
    if file.shape(&own.name).is_some() {
        return own;
    }
    let translated = graph.dialects().iter();
    translated
        .map(|dialect| tensor(value, Some(dialect)))
        .find(|tensor| file.shape(&tensor.name).is_some())
        .unwrap_or(own)
}

fn tensor(value: &Value, dialect: Option<&Dialect>) -> StoredTensor {
    let (name, shape) = (value.name(), value.ty().dims());
    let (name, shape) = match dialect {
        Some(dialect) => dialect.tensor(name, shape),
        None => (name.to_owned(), shape.to_vec()),
    };
    StoredTensor { name, shape }
}
