//! Networks that end in their features.

use super::{Ending, Network, Origin};
use crate::error::Result;
use crate::features;
use crate::graph::Graph;
use crate::tensor::Shape;

impl Network {
    /// The shape of a photo's features: a vector, or the result of [`NetworkBuilder::layer`].
    ///
    /// [`NetworkBuilder::layer`]: super::NetworkBuilder::layer
    ///
    /// # Errors
    /// The same as [`Network::features_async`].
    pub fn features_shape(&self) -> Result<Shape> {
        self.features_graph(self.input_shape()?)?.output_shape()
    }

    /// The graph for images of `shape` up to its features, before any pass.
    pub(super) fn features_graph(&self, shape: Shape) -> Result<Graph> {
        match (&self.origin, &self.ending) {
            (Origin::Zoo(checkpoint), Some(Ending::Layer(name))) => {
                checkpoint.layer_graph(shape, name)
            }
            (Origin::Zoo(checkpoint), _) => checkpoint.features_graph(shape),
            (Origin::Graph(_), ending) => {
                let graph = match ending {
                    Some(Ending::Layer(name)) => features::up_to_layer(&self.graph(shape)?, name),
                    _ => features::without_classifier(&self.graph(shape)?),
                }?;
                self.weights.check(&graph)?;
                Ok(graph)
            }
        }
    }
}
