//! Finds the network of the zoo that a checkpoint belongs to, for the error if it is not the expected one.

use super::classes::classes;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::weights::{Comparison, Weights};
use crate::zoo::{self, Model};

/// The share of tensors that must match before a checkpoint counts as weights of a network.
const ALIKE: f64 = 0.9;

/// Checks that `weights` belong to `graph`. The error names the network that they belong to.
pub(super) fn check(weights: &Weights, graph: &Graph) -> Result<()> {
    let comparison = weights.compare(graph);
    if comparison.is_sound() {
        return Ok(());
    }
    let name = graph.name();
    match closest(weights, &comparison)? {
        Some((other, rest)) if other.name != name => {
            let other = other.name;
            let mut message =
                format!("{weights}: expected the weights of {name}, found those of {other}");
            if !rest.is_sound() {
                message.push_str(&format!(", but for {rest}"));
            }
            Err(Error::new(ErrorKind::Weights, message))
        }
        _ => weights.check(graph),
    }
}

/// The network that `weights` belong to, with any number of classes and any dialect, and the differences. `None` if no
/// network has most of the tensors, and more of them than `expected`.
fn closest(
    weights: &Weights,
    expected: &Comparison,
) -> Result<Option<(&'static Model, Comparison)>> {
    let mut best: Option<(&'static Model, Comparison)> = None;
    for model in zoo::models() {
        let mut graph = model.graph()?;
        // An impossible number of classes counts as a difference.
        if let Ok(classes) = classes(weights, model, &graph)
            && classes != model.classes
        {
            graph = model.graph_with_classes(model.input, classes)?;
        }
        let comparison = weights.compare(&graph);
        let rival = best.as_ref().map_or(expected, |(_, best)| best);
        if comparison.agreement() >= ALIKE && comparison.agreement() > rival.agreement() {
            best = Some((model, comparison));
        }
    }
    Ok(best)
}
