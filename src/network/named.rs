//! Which network a builder loads.

use std::path::{Path, PathBuf};
#[cfg(feature = "onnx")]
use std::sync::Arc;

use crate::graph::Graph;
#[cfg(feature = "onnx")]
use crate::onnx::Model;
use crate::weights::Weights;

/// Which network.
pub(super) enum Named {
    Zoo(String),
    /// A model file whose network is not imported yet.
    File(ModelFile),
    Graph(Box<Graph>, Weights),
}

/// Where a model file is. Clones are the same file.
#[derive(Clone)]
pub(super) enum ModelFile {
    /// At this path, not read yet.
    At(PathBuf),
    /// Open already.
    #[cfg(feature = "onnx")]
    Open(Arc<Model>),
}

/// The extension of model files.
const EXTENSION: &str = "onnx";

impl Named {
    /// The network of the zoo that is called `name`, or the model file at this path. No network of the zoo has a dot in its
    /// name.
    pub fn of_name(name: String) -> Self {
        let extension = Path::new(&name).extension();
        match extension.is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION)) {
            true => Named::File(ModelFile::At(PathBuf::from(name))),
            false => Named::Zoo(name),
        }
    }
}

impl ModelFile {
    /// What messages call it.
    pub fn label(&self) -> String {
        match self {
            ModelFile::At(path) => path.display().to_string(),
            #[cfg(feature = "onnx")]
            ModelFile::Open(model) => model.label().to_owned(),
        }
    }

    /// The name of its network.
    pub fn network_name(&self) -> String {
        match self {
            ModelFile::At(path) => {
                let stem = path.file_stem().unwrap_or(path.as_os_str());
                stem.to_string_lossy().into_owned()
            }
            #[cfg(feature = "onnx")]
            ModelFile::Open(model) => model.name(),
        }
    }
}
