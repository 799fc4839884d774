//! How many classes a checkpoint tells apart.

use crate::error::Result;
use crate::graph::Graph;
use crate::weights::Weights;
use crate::zoo::Model;

/// The classes that `weights` tell apart as weights of `model`, whose graph with its own classes is `graph`; the
/// model's own number where they do not say.
pub(super) fn classes(weights: &Weights, model: &Model, graph: &Graph) -> Result<usize> {
    // The weight of the last layer that has one.
    let heads = graph.computed().rev().filter_map(|(_, node)| {
        let weight = graph.value(node.inputs().get(1).copied().flatten()?);
        weight.is_constant().then_some(weight)
    });
    let Some((weight, found)) = heads
        .into_iter()
        .next()
        .and_then(|weight| weights.in_file(graph, weight))
    else {
        return Ok(model.classes);
    };
    let ([found, inputs @ ..], Some(expected)) = (found, weight.shape.get(1..)) else {
        return Ok(model.classes);
    };
    if inputs != expected {
        return Ok(model.classes);
    }
    if !(1..=Model::MOST_CLASSES).contains(found) {
        let most = Model::MOST_CLASSES;
        return Err(weights.error(
            &weight.name,
            format!("expected 1 to {most} classes, found {found}"),
        ));
    }
    Ok(*found)
}
