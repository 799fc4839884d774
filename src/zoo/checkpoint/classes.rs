//! The number of classes of a checkpoint.

use crate::error::Result;
use crate::graph::Graph;
use crate::weights::Weights;
use crate::zoo::Model;

/// The number of classes of `weights` for `model`, whose graph with its own classes is `graph`. If the weights do not
/// determine it, it is the model's number.
pub(super) fn classes(weights: &Weights, model: &Model, graph: &Graph) -> Result<usize> {
    // The weight of the last layer with a weight.
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
