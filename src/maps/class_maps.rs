//! Class activation maps: the contribution of each pixel to the score of a class.

use super::head;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Activation, Graph};
use crate::tensor::Shape;
use crate::tensor::Tensor;
use crate::weights::Weights;

/// The class activation maps of a network. The map of class `c` is
/// `activation(sum_k weight[c, k] feature_k(y, x) + bias[c])`. The activation is the one between the scores and their
/// pooling, if there is one. The mean of a map over its pixels is the network's output for the class.
///
/// A network with one score separates two classes: what speaks for class 1 is the map of this score, and what speaks for
/// class 0 is its negative.
///
/// For each pixel, a map costs as much as one class of the linear layer. So a map is only computed for a requested
/// class, from the features that a run returns as another output.
pub struct ClassMaps {
    output: usize,
    features: Shape,
    /// Number of scores in the answer.
    scores: usize,
    /// `[scores, channels]`
    weight: Vec<f32>,
    /// `[scores]`
    bias: Vec<f32>,
    activation: Activation,
}

impl ClassMaps {
    /// The class maps of `graph`, which [`with_features`](super::with_features) made. Passes may have run on it.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the features are not an output of `graph`; those of `with_features` and
    /// [`Weights::value`].
    pub fn new(graph: &Graph, weights: &Weights) -> Result<Self> {
        let head = head::find(graph)?;
        let outputs = graph.outputs();
        let Some(output) = outputs.iter().position(|port| port.value == head.features) else {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{}: the features of its class maps, {}, are no output of the graph",
                    graph.name(),
                    graph.value(head.features).name()
                ),
            ));
        };
        let scores = graph.output_shape()?.channels;
        let bias = match head.bias {
            Some(bias) => weights.value(graph, bias)?,
            None => vec![0.0; scores],
        };
        Ok(Self {
            output,
            features: graph.shape(head.features)?,
            scores,
            weight: weights.value(graph, head.weight)?,
            bias,
            activation: head.activation,
        })
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.scores.max(2)
    }

    /// Number of scores in the answer of a run: that of the classes, or 1 if there are two.
    pub(crate) fn scores(&self) -> usize {
        self.scores
    }

    /// Shape of a map. It has one channel.
    pub fn shape(&self) -> Shape {
        Shape {
            channels: 1,
            ..self.features
        }
    }

    /// Index of the features in the [outputs](Graph::outputs) of a run.
    pub fn output(&self) -> usize {
        self.output
    }

    /// The map of `class` for each image of the `outputs` of a run.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no such class, or if `outputs` are not the outputs of the graph.
    pub fn map(&self, outputs: &[Tensor], class: usize) -> Result<Tensor> {
        check_class(class, self.classes())?;
        let shapes: Vec<Shape> = outputs.iter().map(Tensor::shape).collect();
        self.check_outputs(&shapes)?;
        let features = &outputs[self.output];
        let (row, sign) = match (self.scores, class) {
            (1, 0) => (0, -1.0),
            (1, _) => (0, 1.0),
            _ => (class, 1.0),
        };
        let (weights, bias) = (self.weights(row), self.bias[row]);
        let pixels = self.features.pixels();
        let mut map = Tensor::zeros(features.batch(), self.shape());
        for (index, score) in map.data_mut().iter_mut().enumerate() {
            let planes = features.image(index / pixels).chunks_exact(pixels);
            let terms = planes
                .zip(weights)
                .map(|(plane, &weight)| f64::from(plane[index % pixels]) * f64::from(weight));
            let sum = f64::from(bias) + terms.sum::<f64>();
            *score = sign * self.activation.apply(sum as f32);
        }
        Ok(map)
    }

    /// The activation between the scores and their pooling.
    pub(crate) fn activation(&self) -> Activation {
        self.activation
    }

    /// For each score, the weights of all features followed by the bias.
    pub(crate) fn rows(&self) -> Vec<f32> {
        let rows = (0..self.scores).flat_map(|score| {
            let weights = self.weights(score).iter();
            weights.chain([&self.bias[score]]).copied()
        });
        rows.collect()
    }

    /// Checks that outputs of these shapes belong to the graph of the maps.
    pub(crate) fn check_outputs(&self, shapes: &[Shape]) -> Result<()> {
        let answer = Shape::vector(self.scores);
        if shapes.first() == Some(&answer) && shapes.get(self.output) == Some(&self.features) {
            return Ok(());
        }
        let found: Vec<String> = shapes.iter().map(Shape::to_string).collect();
        Err(Error::new(
            ErrorKind::Input,
            format!(
                "class maps need an answer of {answer} and as output {} the features of {}, found {}",
                self.output,
                self.features,
                found.join(", ")
            ),
        ))
    }

    fn weights(&self, score: usize) -> &[f32] {
        let channels = self.features.channels;
        &self.weight[score * channels..][..channels]
    }
}

/// Checks that a network with `classes` classes has the class `class`.
pub(crate) fn check_class(class: usize, classes: usize) -> Result<()> {
    if class < classes {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Input,
        format!("there is no class {class}: the network has {classes}, they count from 0"),
    ))
}
