//! Comparison of a file's tensors with a network's parameters, and its result as one line of text.

use std::collections::BTreeSet;
use std::fmt;

use super::{inner, joined};
use crate::graph::Graph;
use crate::weights::file::TensorFile;
use crate::weights::printable;

/// The most tensors that are named for each kind of mismatch.
const NAMED: usize = 5;

/// The result of comparing a file's tensors with a network's parameters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comparison {
    fitting: usize,
    missing: Vec<String>,
    misshapen: Vec<String>,
    /// Those whose numbers are of a type that no network is computed from.
    mistyped: Vec<String>,
    surplus: Vec<String>,
}

impl Comparison {
    /// Compares the tensors `names` of `file` with the stored parameters of `graph`, whose names have `prefix` in the
    /// file.
    pub(super) fn new(file: &TensorFile, graph: &Graph, names: &[&str], prefix: &str) -> Self {
        let mut comparison = Self::default();
        let mut expected = BTreeSet::new();
        for (_, value) in graph.stored() {
            let (name, shape): (&str, &[usize]) = (value.name(), value.ty().dims());
            let in_file = joined(prefix, name);
            match file.shape(&in_file) {
                None => comparison.missing.push(name.to_owned()),
                Some(found) if found != shape => {
                    let misshapen = format!("{name}: {}", mismatch(shape, found));
                    comparison.misshapen.push(misshapen);
                }
                Some(_) => comparison.take(file, &in_file),
            }
            expected.insert(in_file);
        }
        let branches = graph.training_branches().iter();
        let branches: Vec<String> = branches.map(|branch| joined(prefix, branch)).collect();
        let is_for_training =
            |name: &str| branches.iter().any(|branch| inner(branch, name).is_some());
        comparison.surplus = names
            .iter()
            .filter(|&&name| !expected.contains(name) && !is_for_training(name))
            .map(|name| printable(name))
            .collect();
        comparison
    }

    /// The comparison if `fitting` parameters fit, and the tensors `surplus` are too much.
    pub(super) fn of_surplus(fitting: usize, surplus: &[&str]) -> Self {
        Self {
            fitting,
            surplus: surplus.iter().map(|name| printable(name)).collect(),
            ..Self::default()
        }
    }

    /// The comparison if all parameters fit but for the types of the tensors `names` of `file`. `None` if these do, too.
    pub(super) fn of_types<'a>(
        file: &TensorFile,
        names: impl Iterator<Item = &'a String>,
    ) -> Option<Self> {
        let mut comparison = Self::default();
        names.for_each(|name| comparison.take(file, name));
        (!comparison.mistyped.is_empty()).then_some(comparison)
    }

    /// Adds the tensor `name` of `file`, whose shape fits.
    fn take(&mut self, file: &TensorFile, name: &str) {
        match file.check_type(name) {
            Ok(()) => self.fitting += 1,
            Err(mismatch) => self
                .mistyped
                .push(format!("{}: {mismatch}", printable(name))),
        }
    }

    /// Returns the share of parameters that the file has, in any shape, from 0 to 1.
    pub(super) fn found_share(&self) -> f64 {
        let found = self.fitting + self.misshapen.len() + self.mistyped.len();
        found as f64 / (found + self.missing.len()).max(1) as f64
    }

    /// Returns the share of tensors that match, from 0 to 1. Missing, misshapen and surplus tensors count as
    /// mismatches. The types of numbers do not tell networks apart.
    pub(super) fn agreement(&self) -> f64 {
        let matching = self.fitting + self.mistyped.len();
        matching as f64 / (matching + self.faults()).max(1) as f64
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
            ("of another type", &self.mistyped),
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
pub(in crate::weights) fn mismatch(expected: &[usize], found: &[usize]) -> String {
    format!("expected {expected:?}, found {found:?}")
}

/// Joins the first of `names`, and says how many more there are.
pub(super) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>, between: &str) -> String {
    let count = names.len();
    let named: Vec<String> = names.take(NAMED).map(printable).collect();
    let mut line = named.join(between);
    if count > NAMED {
        line.push_str(&format!(" and {} more", count - NAMED));
    }
    line
}

fn list(fault: &str, tensors: &[String]) -> String {
    let named = listed(tensors.iter().map(String::as_str), ", ");
    format!("{} {fault} ({named})", tensors.len())
}
