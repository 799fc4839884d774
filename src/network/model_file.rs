//! A network of an ONNX file.

use std::path::Path;

use super::NetworkBuilder;
use super::builder::Named;
use super::notice::Notice;
use crate::error::{Error, ErrorKind, Result};

impl NetworkBuilder<'_> {
    /// Reads the model file, if the network is one. Afterwards it is a graph with its weights.
    pub(super) fn read_model_file(&mut self) -> Result<()> {
        let Named::File(path) = &self.network else {
            return Ok(());
        };
        let path = path.clone();
        if self.weights.is_some() {
            let path = path.display();
            let message = format!("{path}: a model file has its weights, found others beside it");
            return Err(Error::new(ErrorKind::Input, message));
        }
        self.open_model_file(&path)
    }

    #[cfg(feature = "onnx")]
    fn open_model_file(&mut self, path: &Path) -> Result<()> {
        use crate::onnx::{Model, Options};
        use crate::preprocess::Preprocess;
        use crate::zoo;

        let model = Model::open(path)?;
        let options = Options {
            size: self.size,
            ..Options::default()
        };
        let graph = model.graph(&options)?;
        let weights = model.weights(&graph)?;
        let takes_photos = graph.input_shape().is_ok_and(|shape| shape.channels == 3);
        if self.preprocess.is_none() && takes_photos {
            self.preprocess = Some(Preprocess::IMAGENET);
            self.assumed.push("the preprocessing of torchvision");
        }
        let classes = graph.output_shape().ok().filter(|shape| shape.is_vector());
        let imagenet = zoo::imagenet_labels();
        if self.labels.is_none() && classes.is_some_and(|shape| shape.channels == imagenet.len()) {
            self.labels = Some(imagenet);
            self.assumed.push("the classes of ImageNet");
        }
        self.network = Named::Graph(Box::new(graph), weights);
        Ok(())
    }

    #[cfg(not(feature = "onnx"))]
    fn open_model_file(&mut self, path: &Path) -> Result<()> {
        let path = path.display();
        let message =
            format!("{path}: this build cannot read ONNX files, it lacks the feature onnx");
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    /// Reports what a model file does not have.
    pub(super) fn report_assumptions(&mut self) {
        let (what, name) = (std::mem::take(&mut self.assumed), self.network_name());
        if !what.is_empty() {
            (self.notices)(Notice::Assumed { name, what });
        }
    }
}
