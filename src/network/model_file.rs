//! A network of an ONNX file.

use std::path::Path;

use super::NetworkBuilder;
use super::builder::Named;
use crate::error::{Error, ErrorKind, Result};

impl NetworkBuilder<'_> {
    /// Reads the model file, if the network is one. Afterwards it is a graph with its weights.
    pub(super) fn read_model_file(&mut self) -> Result<()> {
        let path = match &self.network {
            Named::File(path) => path.clone(),
            Named::Graph(..) if self.is_read => return Ok(()),
            Named::Graph(..) | Named::Zoo(_) => {
                return self.extents.check_no_names(&self.network_name());
            }
        };
        self.is_read = true;
        if self.weights.is_some() {
            let path = path.display();
            let message = format!("{path}: a model file has its weights, found others beside it");
            return Err(Error::new(ErrorKind::Input, message));
        }
        self.open_model_file(&path)
    }

    #[cfg(feature = "onnx")]
    fn open_model_file(&mut self, path: &Path) -> Result<()> {
        use crate::meaning::{Config, beside};
        use crate::network::Notice;
        use crate::onnx::{Model, Options};

        let model = Model::open(path)?;
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
        let (beside, unread) = beside(path, classes);
        self.report_unread(path, unread);

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
        self.name_classes(path, answer, inside.labels, beside.labels);
        if graph.outputs().len() > 1 {
            let (name, outputs) = (graph.name().to_owned(), graph.signature().outputs);
            (self.notices)(Notice::SeveralOutputs { name, outputs });
        }
        let weights = model.weights(&graph)?;
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
}
