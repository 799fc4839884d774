//! Whether a file's tensors are a network's parameters: everything that is wrong, in one line.

use std::collections::BTreeSet;

use super::file::{TensorFile, printable};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Derivation, Graph};

/// How many tensors of each fault are named.
const NAMED: usize = 5;

/// PyTorch's count of training steps: part of a state dict, not of what a network computes.
const STEP_COUNT: &str = "num_batches_tracked";

/// Holds the tensors of `file` against the stored parameters of `graph`.
pub(super) fn check(file: &TensorFile, graph: &Graph) -> Result<()> {
    let mut missing = Vec::new();
    let mut misshapen = Vec::new();
    let mut expected = BTreeSet::new();
    for parameter in graph.parameters() {
        if parameter.derivation != Derivation::Stored {
            continue;
        }
        let name = parameter.name.as_str();
        expected.insert(name);
        match file.shape(name) {
            None => missing.push(name.to_string()),
            Some(found) if found != parameter.shape => {
                misshapen.push(format!("{name}: {}", mismatch(&parameter.shape, found)));
            }
            Some(_) => {}
        }
    }
    let surplus: Vec<String> = file
        .names()
        .filter(|name| !expected.contains(name) && !is_step_count(name))
        .map(printable)
        .collect();

    let faults: Vec<String> = [
        ("missing", missing),
        ("misshapen", misshapen),
        ("surplus", surplus),
    ]
    .into_iter()
    .filter(|(_, tensors)| !tensors.is_empty())
    .map(|(fault, tensors)| list(fault, &tensors))
    .collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Weights,
        format!(
            "{}: not the weights of {}: {}",
            file.label(),
            graph.name(),
            faults.join("; ")
        ),
    ))
}

/// Two shapes that should be one.
pub(super) fn mismatch(expected: &[usize], found: &[usize]) -> String {
    format!("expected {expected:?}, found {found:?}")
}

fn is_step_count(name: &str) -> bool {
    name.rsplit('.').next() == Some(STEP_COUNT)
}

fn list(fault: &str, tensors: &[String]) -> String {
    let named = &tensors[..tensors.len().min(NAMED)];
    let mut line = format!("{} {fault} ({}", tensors.len(), named.join(", "));
    if tensors.len() > NAMED {
        line.push_str(&format!(" and {} more", tensors.len() - NAMED));
    }
    line.push(')');
    line
}
