//! Weights of the zoo's networks: where they lie, how many classes they tell apart, and whose they are.

mod classes;
mod recognise;
mod source;

pub use source::WeightsSource;

use super::Model;
use crate::error::Result;
use crate::features;
use crate::graph::Graph;
use crate::tensor::Shape;
use crate::weights::Weights;

impl Model {
    /// The network's trained weights, from where [`WeightsSource::default_for`] finds them.
    ///
    /// # Errors
    /// As [`WeightsSource::default_for`] and [`WeightsSource::open`].
    pub fn weights(&self) -> Result<Weights> {
        WeightsSource::default_for(self)?.open(self)
    }

    /// How many classes `weights` tell apart where they are weights of this network: the outputs of its last layer.
    /// Synthetic weights, and those of another network, give the network's own number.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) where no graph can have that number.
    pub fn classes_of(&self, weights: &Weights) -> Result<usize> {
        classes::classes(weights, self, &self.graph()?)
    }

    /// The network's graph for images of `input`, with an answer of as many entries as `weights` tell classes apart.
    ///
    /// # Errors
    /// As [`Model::classes_of`], [`Model::graph_with_classes`] and [`Weights::check`], which here also says which other
    /// network of the zoo they are the weights of.
    pub fn graph_of(&self, input: Shape, weights: &Weights) -> Result<Graph> {
        let graph = self.graph_with_classes(input, self.classes_of(weights)?)?;
        recognise::check(weights, &graph)?;
        Ok(graph)
    }

    /// The network's graph for images of `input` without its classifier, of which the answer is the features that
    /// [`without_classifier`](features::without_classifier) finds. `weights` may tell any classes apart, or none.
    ///
    /// # Errors
    /// As [`Model::graph_for`], [`features::without_classifier`] and [`Weights::check`], which here also says which
    /// other network of the zoo they are the weights of.
    pub fn features_of(&self, input: Shape, weights: &Weights) -> Result<Graph> {
        let graph = features::without_classifier(&self.graph_for(input)?)?;
        recognise::check(weights, &graph)?;
        Ok(graph)
    }
}
