//! What a file's tensors have in common with a network's parameters, and what is wrong with them, in one line.

use std::collections::BTreeSet;
use std::fmt;

use super::file::{TensorFile, printable};
use super::stored;
use crate::graph::Graph;

/// How many tensors of each fault are named.
const NAMED: usize = 5;

/// PyTorch's count of training steps: part of a state dict, not of what a network computes.
const STEP_COUNT: &str = "num_batches_tracked";

/// A file's tensors held against a network's parameters.
#[derive(Default)]
pub(crate) struct Comparison {
    fitting: usize,
    missing: Vec<String>,
    misshapen: Vec<String>,
    surplus: Vec<String>,
}

impl Comparison {
    /// Holds the tensors of `file` against the stored parameters of `graph`.
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

    /// Whether the file has every parameter, and nothing else.
    pub(crate) fn is_sound(&self) -> bool {
        self.faults() == 0
    }

    /// How much of the file and of the network is the same, from 0 to 1.
    pub(crate) fn agreement(&self) -> f64 {
        self.fitting as f64 / (self.fitting + self.faults()).max(1) as f64
    }

    fn faults(&self) -> usize {
        self.missing.len() + self.misshapen.len() + self.surplus.len()
    }
}

/// Lists what is wrong.
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

/// Two shapes that should be one.
pub(super) fn mismatch(expected: &[usize], found: &[usize]) -> String {
    format!("expected {expected:?}, found {found:?}")
}

/// Whether the tensor `name` is of no use once a network is trained.
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
