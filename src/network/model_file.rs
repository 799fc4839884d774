//! A network of an ONNX file.

use std::path::Path;

use super::NetworkBuilder;
use super::builder::Named;
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
        use crate::meaning::{Config, beside};
        use crate::onnx::{Model, Options};

        let model = Model::open(path)?;
        let sized = |size| Options {
            size,
            ..Options::default()
        };
        let mut graph = model.graph(&sized(self.input_size()))?;
        let answer = graph.output_shape().ok();
        let classes = answer.map_or(0, |shape| shape.channels);
        let inside = Config::of_metadata(model.metadata());
        let (beside, unread) = beside(path, classes);
        self.report_unread(path, unread);

        let known = inside.adjustments.or(beside.adjustments);
        // A file with open extents has the size that photos are prepared for. Another file has its own.
        if let (None, Some(crop)) = (self.input_size(), known.crop) {
            graph = model.graph(&sized(Some(crop))).unwrap_or(graph);
        }
        self.prepare_photos(graph.input_shape().ok(), &known);
        self.name_classes(path, answer, inside.labels, beside.labels);
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
