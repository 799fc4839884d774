//! What is known of a network before its device is opened.

use super::NetworkBuilder;
use super::named::Named;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Signature};
use crate::labels::Labels;
use crate::tensor::Shape;
use crate::weights::Weights;
use crate::zoo::{self, Task, check_task};

impl NetworkBuilder<'_> {
    /// Its name: that in the zoo, that of the graph, or that of the model file without its extension.
    pub fn network_name(&self) -> String {
        match &self.network {
            Named::Zoo(name) => name.clone(),
            Named::Graph(graph, _) => graph.name().to_owned(),
            Named::File(file) => file.network_name(),
        }
    }

    /// Checks that the zoo has the network, if it is one of the zoo.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`] if it has not.
    pub fn find(&self) -> Result<()> {
        match &self.network {
            Named::Zoo(name) => zoo::find(name).map(|_| ()),
            Named::Graph(..) | Named::File(_) => Ok(()),
        }
    }

    /// The graph for images of the chosen size, before any pass. That of the zoo has the number of classes of the
    /// published weights. This reads a model file, but no weights.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`] if the zoo has no such network, [`ErrorKind::Shape`] if it does not support the size,
    /// and those of [`onnx::Model::open`](crate::onnx::Model::open) and
    /// [`onnx::Model::graph`](crate::onnx::Model::graph).
    pub fn graph(&mut self) -> Result<Graph> {
        self.read_model_file()?;
        if let Named::Zoo(name) = &self.network {
            let model = zoo::find(name)?;
            return model.graph_for(self.input_shape()?);
        }
        match &self.network {
            Named::Graph(graph, _) => Ok((**graph).clone()),
            Named::Zoo(_) | Named::File(_) => self.unread(),
        }
    }

    /// Its inputs and outputs by name. Those of a network of the zoo are for the number of classes of the published weights.
    ///
    /// # Errors
    /// The same as [`NetworkBuilder::graph`].
    pub fn signature(&mut self) -> Result<Signature> {
        self.graph().map(|graph| graph.signature())
    }

    /// The shape of its images.
    ///
    /// # Errors
    /// The same as [`NetworkBuilder::graph`], and [`ErrorKind::Shape`] if a graph does not have one image as its input.
    pub fn input_shape(&mut self) -> Result<Shape> {
        self.read_model_file()?;
        let usual = match &self.network {
            Named::Zoo(name) => zoo::find(name)?.input,
            Named::Graph(graph, _) => return graph.input_shape(),
            Named::File(_) => return self.unread(),
        };
        Ok(match self.input_size() {
            Some([height, width]) => Shape::new(usual.channels, height, width),
            None => usual,
        })
    }

    /// Opens its weights or its model file, so that [`NetworkBuilder::load`] need not.
    ///
    /// # Errors
    /// The errors of loading that concern its name and weights, and those of reading a model file, as
    /// [`NetworkBuilder::graph`].
    pub fn open(&mut self) -> Result<()> {
        self.read_model_file()?;
        match self.network {
            Named::Zoo(_) => self.checkpoint().map(|_| ()),
            Named::Graph(..) | Named::File(_) => Ok(()),
        }
    }

    /// Finds the weights of a network of the zoo, and downloads them if that is allowed.
    ///
    /// # Errors
    /// The same as [`NetworkBuilder::source`].
    pub fn locate(&mut self) -> Result<()> {
        match self.network {
            Named::Zoo(_) => self.source().map(|_| ()),
            Named::Graph(..) | Named::File(_) => Ok(()),
        }
    }

    /// Opens its weights, and returns them with the graph before any pass.
    ///
    /// # Errors
    /// The same as [`NetworkBuilder::open`].
    pub fn graph_and_weights(&mut self) -> Result<(Graph, Weights)> {
        self.read_model_file()?;
        if let Named::Zoo(_) = self.network {
            let (input, checkpoint) = (self.input_shape()?, self.checkpoint()?);
            return Ok((checkpoint.graph(input)?, checkpoint.weights().clone()));
        }
        match &self.network {
            Named::Graph(graph, weights) => Ok(((**graph).clone(), weights.clone())),
            _ => self.unread(),
        }
    }

    /// Checks that its task is `wanted`.
    ///
    /// # Errors
    /// [`ErrorKind::WrongTask`] if it has another task, and the same as [`NetworkBuilder::graph`].
    pub fn expect_task(&mut self, wanted: Task) -> Result<()> {
        self.read_model_file()?;
        let task = match &self.network {
            Named::Zoo(name) => zoo::find(name)?.task,
            Named::Graph(graph, _) => Task::of_answer(graph.output_shape()?),
            Named::File(_) => return self.unread(),
        };
        check_task(&self.network_name(), task, wanted)
    }

    /// The number of its classes, and their names, which are empty if they are unknown.
    ///
    /// # Errors
    /// The errors of loading that concern its name and weights.
    pub fn classes(&mut self) -> Result<(usize, Labels)> {
        self.read_model_file()?;
        let (classes, own) = match &self.network {
            Named::Zoo(_) => {
                let checkpoint = self.checkpoint()?;
                (checkpoint.classes(), checkpoint.labels())
            }
            Named::Graph(graph, _) => (graph.output_shape()?.channels, Labels::default()),
            Named::File(_) => return self.unread(),
        };
        Ok((classes, self.labels.clone().unwrap_or(own)))
    }

    /// Whether its weights have the layer that scores classes. This opens the weights of a network of the zoo.
    ///
    /// # Errors
    /// The errors of loading that concern its name and weights.
    pub fn has_classifier(&mut self) -> Result<bool> {
        match self.network {
            Named::Zoo(_) => Ok(self.checkpoint()?.has_classifier()),
            Named::Graph(..) | Named::File(_) => Ok(true),
        }
    }

    fn unread<T>(&self) -> Result<T> {
        // Only a method that does not read the file first can cause this.
        let message = format!("{}: the file is not read", self.network_name());
        Err(Error::new(ErrorKind::Model, message))
    }
}

/// That photos cannot be converted to inputs of the network `name`.
pub(super) fn no_preprocess(name: &str) -> Error {
    let message = format!("{name}: photos need a preprocessing, and none was given for this graph");
    Error::new(ErrorKind::Input, message)
}
