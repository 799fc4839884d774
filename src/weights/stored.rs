//! The name and shape of a parameter in a file: those of the graph or of a dialect.

use std::collections::BTreeMap;

use super::file::TensorFile;
use crate::graph::{Dialect, Graph, Value};

/// Name and shape of a parameter in a file.
pub(crate) struct StoredTensor {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
}

/// Returns the stored parameters of `graph` as files with `dialect` have them. `None` means the graph's own names.
pub(super) fn tensors(graph: &Graph, dialect: Option<&Dialect>) -> Vec<StoredTensor> {
    let stored = graph.stored();
    stored.map(|(_, value)| tensor(value, dialect)).collect()
}

/// Returns all stored tensors of `graph` as `file` has them, by their names in the graph.
pub(super) fn all(file: &TensorFile, graph: &Graph) -> BTreeMap<String, StoredTensor> {
    let stored = graph.stored();
    stored
        .map(|(_, value)| (value.name().to_owned(), find(file, graph, value)))
        .collect()
}

/// Returns the stored parameters of `graph` in the dialect of `file`: the one with the most names in common.
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

/// Returns the stored tensor `value` as `file` has it, or with its name in the graph if the file does not have it.
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
