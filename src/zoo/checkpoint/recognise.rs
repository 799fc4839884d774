//! Finds the network of the zoo that a checkpoint belongs to, for the error if it is not the expected one.

use std::cmp::Reverse;

use super::form::formed;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::weights::{Freedom, Mismatch, Weights};
use crate::zoo::{self, Model};

/// The share of tensors that must match before a checkpoint counts as weights of a network.
const ALIKE: f64 = 0.9;

/// Checks that `weights` belong to `graph`. The error names the network that they belong to.
pub(super) fn check(weights: &Weights, graph: &Graph) -> Result<()> {
    let Err(error) = weights.check(graph) else {
        return Ok(());
    };
    let mismatch = mismatch(weights, graph);
    let agreement = mismatch.as_ref().map_or(1.0, Mismatch::agreement);
    let name = graph.name();
    match closest(weights, agreement)? {
        Some((other, rest)) if other.name != name => {
            Err(belong_to(weights, name, other, rest.as_ref()))
        }
        _ => Err(error),
    }
}

/// The error for `weights` that were expected to be those of the network `name`, and are those of `other`, but for
/// `rest`.
pub(super) fn belong_to(
    weights: &Weights,
    name: &str,
    other: &Model,
    rest: Option<&Mismatch>,
) -> Error {
    let other = other.name;
    let mut message = format!("{weights}: expected the weights of {name}, found those of {other}");
    if let Some(rest) = rest {
        message.push_str(&format!(", but for {rest}"));
    }
    Error::new(ErrorKind::Weights, message)
}

/// The network that has the names of `weights`, if `model` fits only with translated names. Networks may have the same
/// layers and compute something else, as those of Keras and torchvision do.
pub(super) fn namesake(weights: &Weights, model: &Model) -> Result<Option<&'static Model>> {
    let renamed = weights.naming().map_or(0, |naming| naming.renamed.len());
    // A single layer is the one that scores classes.
    if renamed <= 1 {
        return Ok(None);
    }
    for other in zoo::models() {
        if other.name == model.name {
            continue;
        }
        if let Ok((_, named)) = formed(weights, other, &other.graph()?)
            && named
                .naming()
                .is_some_and(|naming| naming.renamed.len() <= 1)
        {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// The network that `weights` belong to, with any number of classes, and the differences. `None` if no network has most
/// of the tensors, and more of them than the share `expected`.
fn closest(weights: &Weights, expected: f64) -> Result<Option<(&'static Model, Option<Mismatch>)>> {
    let mut best: Option<(&'static Model, Option<Mismatch>)> = None;
    // Of networks that agree as much, the one with the fewest translated names.
    let mut most = (expected, Reverse(0));
    for model in zoo::models() {
        let mut graph = model.graph()?;
        // An impossible number of classes counts as a difference.
        let mut renamed = 0;
        if let Ok((form, named)) = formed(weights, model, &graph) {
            graph = model.graph_of(&form, form.input(model))?;
            renamed = named.naming().map_or(0, |naming| naming.renamed.len());
        }
        let rest = mismatch(weights, &graph);
        let agreement = rest.as_ref().map_or(1.0, Mismatch::agreement);
        let likeness = (agreement, Reverse(renamed));
        if agreement >= ALIKE && likeness > most {
            most = likeness;
            best = Some((model, rest));
        }
    }
    Ok(best)
}

/// Why `weights` are not those of `graph`. `None` if they are.
fn mismatch(weights: &Weights, graph: &Graph) -> Option<Mismatch> {
    match weights.match_with(graph, Freedom::default()) {
        Ok(naming) => naming.headless,
        Err(mismatch) => Some(mismatch),
    }
}
