//! How many classes a checkpoint tells apart.

use super::file::TensorFile;
use super::{Source, Weights, stored};
use crate::error::Result;
use crate::graph::Graph;
use crate::zoo::Model;

impl Weights {
    /// How many classes these tell apart where they are weights of `model`: the outputs of the
    /// network's last layer, to build the graph with ([`Model::graph_with_classes`]). Synthetic weights,
    /// and those of another network, give the model's own number.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) where no graph can have that number.
    pub fn classes(&self, model: &Model) -> Result<usize> {
        match &*self.source {
            Source::Synthetic(_) => Ok(model.classes),
            Source::File(file) => classes(file, model, &model.graph()?),
        }
    }
}

/// The same of `file`; `graph` is the model's with its own classes.
pub(super) fn classes(file: &TensorFile, model: &Model, graph: &Graph) -> Result<usize> {
    // The weight of the last layer that has one.
    let heads = graph.computed().rev().filter_map(|(_, node)| {
        let weight = graph.value(node.inputs().get(1).copied().flatten()?);
        weight.is_constant().then_some(weight)
    });
    let Some(weight) = heads.into_iter().next() else {
        return Ok(model.classes);
    };
    let weight = stored::find(file, graph, weight);
    let (Some([found, inputs @ ..]), Some(expected)) =
        (file.shape(&weight.name), weight.shape.get(1..))
    else {
        return Ok(model.classes);
    };
    if inputs != expected {
        return Ok(model.classes);
    }
    if !(1..=Model::MOST_CLASSES).contains(found) {
        return Err(file.error(
            &weight.name,
            format!(
                "expected 1 to {} classes, found {found}",
                Model::MOST_CLASSES
            ),
        ));
    }
    Ok(*found)
}
