//! A network of an ONNX file.

#[cfg(feature = "onnx")]
use std::sync::Arc;

use super::NetworkBuilder;
use super::named::{ModelFile, Named};
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "onnx")]
use crate::onnx::Model;

impl NetworkBuilder<'_> {
    /// Reads the model file, if the network is one. Afterwards it is a graph with its weights.
    pub(super) fn read_model_file(&mut self) -> Result<()> {
        let file = match &self.network {
            Named::File(file) => file.clone(),
            Named::Graph(..) if self.is_read => return Ok(()),
            Named::Graph(..) | Named::Zoo(_) => {
                return self.extents.check_no_names(&self.network_name());
            }
        };
        self.is_read = true;
        if self.weights.is_some() {
            let label = file.label();
            let message = format!("{label}: a model file has its weights, found others beside it");
            return Err(Error::new(ErrorKind::Input, message));
        }
        self.import_model_file(&file)
    }

    #[cfg(feature = "onnx")]
    fn import_model_file(&mut self, file: &ModelFile) -> Result<()> {
        use crate::meaning::{Config, beside};
        use crate::network::Notice;
        use crate::onnx::Options;

        let (model, label) = (file.open()?, file.label());
        let names: Vec<&str> = model.inputs().collect();
        let given = Options {
            size: self.input_size(),
            dimensions: self.extents.by_name.clone(),
            inputs: self.extents.of_inputs(&names),
        };
        let mut graph = model.graph(&given)?;
        let answer = graph.output_shape().ok();
        let classes = answer.map_or(0, |shape| shape.channels);
        let inside = Config::of_metadata(model.metadata());
        let (beside, unread) = match model.path() {
            Some(path) => beside(path, classes),
            None => Default::default(),
        };
        self.report_unread(&label, unread);

        let known = inside.adjustments.or(beside.adjustments);
        // A file with open extents has the size that photos are prepared for. Another file has its own.
        if let (None, Some(crop)) = (self.input_size(), known.crop) {
            let sized = Options {
                size: Some(crop),
                ..given
            };
            graph = model.graph(&sized).unwrap_or(graph);
        }
        self.prepare_photos(graph.input_shape().ok(), &known);
        self.name_classes(&label, answer, inside.labels, beside.labels);
        if graph.outputs().len() > 1 {
            let (name, outputs) = (graph.name().to_owned(), graph.signature().outputs);
            (self.notices)(Notice::SeveralOutputs { name, outputs });
        }
        let weights = model.weights(&graph)?;
        self.network = Named::Graph(Box::new(graph), weights);
        Ok(())
    }

    #[cfg(not(feature = "onnx"))]
    fn import_model_file(&mut self, file: &ModelFile) -> Result<()> {
        let label = file.label();
        let message =
            format!("{label}: this build cannot read ONNX files, it lacks the feature onnx");
        Err(Error::new(ErrorKind::Unsupported, message))
    }
}

#[cfg(feature = "onnx")]
impl ModelFile {
    /// The open file.
    ///
    /// # Errors
    /// As [`Model::open`].
    fn open(&self) -> Result<Arc<Model>> {
        match self {
            ModelFile::At(path) => Model::open(path).map(Arc::new),
            ModelFile::Open(model) => Ok(Arc::clone(model)),
        }
    }
}
