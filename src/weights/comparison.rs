//! Comparison of a file's tensors with a network's parameters, and its result as one line of text.

use std::collections::BTreeSet;
use std::fmt;

use super::file::{TensorFile, printable};
use super::stored;
use crate::graph::Graph;

/// The most tensors that are named for each kind of mismatch.
const NAMED: usize = 5;

/// PyTorch's count of training steps. State dicts contain it, but inference does not use it.
const STEP_COUNT: &str = "num_batches_tracked";

/// The result of comparing a file's tensors with a network's parameters.
#[derive(Default)]
pub(crate) struct Comparison {
    fitting: usize,
    missing: Vec<String>,
    misshapen: Vec<String>,
    surplus: Vec<String>,
}

impl Comparison {
    /// Compares the tensors of `file` with the stored parameters of `graph`.
    pub(super) fn new(file: &TensorFile, graph: &Graph) -> Self {
        let mut comparison = Self::default();
        let expected = stored::tensors_of(file, graph);
        for tensor in &expected {
            match file.shape(&tensor.name) {
                None => comparison.missing.push(tensor.name.clone()),
                Some(found) if found != tensor.shape => {
                    let mismatch = mismatch(&tensor.shape, found);
                    let misshapen = format!("{}: {mismatch}", tensor.name);
                    comparison.misshapen.push(misshapen);
                }
                Some(_) => comparison.fitting += 1,
            }
        }
        let expected: BTreeSet<&str> = expected.iter().map(|tensor| tensor.name.as_str()).collect();
        comparison.surplus = file
            .names()
            .filter(|name| !expected.contains(name) && !is_for_training(name, graph))
            .map(printable)
            .collect();
        comparison
    }

    /// Returns whether the file has every parameter and nothing else.
    pub(crate) fn is_sound(&self) -> bool {
        self.faults() == 0
    }

    /// Returns the share of tensors that match, from 0 to 1. Missing, misshapen and surplus tensors count as
    /// mismatches.
    pub(crate) fn agreement(&self) -> f64 {
        self.fitting as f64 / (self.fitting + self.faults()).max(1) as f64
    }

    fn faults(&self) -> usize {
        self.missing.len() + self.misshapen.len() + self.surplus.len()
    }
}

/// Lists the mismatches.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults = [
            ("missing", &self.missing),
            ("misshapen", &self.misshapen),
            ("surplus", &self.surplus),
        ];
        let listed: Vec<String> = faults
            .into_iter()
            .filter(|(_, tensors)| !tensors.is_empty())
            .map(|(fault, tensors)| list(fault, tensors))
            .collect();
        f.write_str(&listed.join("; "))
    }
}

/// Describes two shapes that should be equal.
pub(super) fn mismatch(expected: &[usize], found: &[usize]) -> String {
    format!("expected {expected:?}, found {found:?}")
}

/// Returns whether only training uses the tensor `name`.
fn is_for_training(name: &str, graph: &Graph) -> bool {
    let is_inside = |branch: &String| {
        let rest = name.strip_prefix(branch.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    name.rsplit('.').next() == Some(STEP_COUNT) || graph.training_branches().iter().any(is_inside)
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
