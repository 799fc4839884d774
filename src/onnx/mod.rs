//! Networks of ONNX files (<https://onnx.ai>), as exporters of PyTorch, TensorFlow and others write them.
//!
//! A [`Model`] is an open file. [`Model::graph`] imports its graph: constants are computed, and each operation becomes
//! nodes of a [`Graph`]. [`Model::weights`] are its initializers, which are read when they are needed. docs/onnx.md
//! lists the operations.

mod array;
mod build;
mod data_type;
mod decode;
mod file;
mod fold;
mod import;
mod ops;
mod schema;
mod stored;

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Result;
use crate::graph::Graph;
use crate::weights::{Contents, Metadata, Place, Weights};
use file::OnnxFile;

/// An open ONNX file.
///
/// ```no_run
/// use std::path::Path;
///
/// use menagerie::Network;
/// use menagerie::onnx::{Model, Options};
///
/// let model = Model::open(Path::new("net.onnx"))?;
/// let options = Options { size: Some([320, 320]), ..Options::default() };
/// let graph = model.graph(&options)?;
/// let weights = model.weights(&graph)?;
/// let network = Network::of_graph(graph, weights).load()?;
/// # Ok::<(), menagerie::Error>(())
/// ```
pub struct Model {
    file: OnnxFile,
}

/// What a file may leave open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Height and width of images. The default is that of the file, or 224 pixels a side.
    pub size: Option<[usize; 2]>,
    /// Other extents by their names in the file.
    pub dimensions: BTreeMap<String, usize>,
    /// Extents of inputs, by the names of the inputs, as their tensors have them: the number of images first, and channels
    /// before rows and columns. Those but the first are the extents of axes that nothing else sets.
    pub inputs: BTreeMap<String, Vec<usize>>,
}

impl Model {
    /// Opens the ONNX file at `path`, and checks the places of its initializers. Their data may be in other files of
    /// the same folder.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if a file cannot be read,
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if it is damaged or has an operator set that is not known.
    pub fn open(path: &Path) -> Result<Self> {
        let file = OnnxFile::open(path)?;
        Ok(Self { file })
    }

    /// Parses an ONNX file in memory. Messages call it `name`, and if that is the name of an ONNX file, it names the network.
    ///
    /// # Errors
    /// The same as [`Model::open`].
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self> {
        let file = OnnxFile::parse(name, bytes)?;
        Ok(Self { file })
    }

    /// Imports the graph. Its values are those of one image.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) with all operations and attributes that are not
    /// supported, [`ErrorKind::Model`](crate::ErrorKind::Model) if the file is not consistent,
    /// [`ErrorKind::OpenExtent`](crate::ErrorKind::OpenExtent) if an extent is open that `options` do not set, and
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if the file has no extent of a name in `options`.
    pub fn graph(&self, options: &Options) -> Result<Graph> {
        import::import(&self.file, options)
    }

    /// Returns the initializers that `graph` uses. `graph` must be from [`Model::graph`].
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) if it has other tensors.
    pub fn weights(&self, graph: &Graph) -> Result<Weights> {
        let stored = &self.file.stored;
        let used = graph.stored().filter_map(|(_, value)| {
            let tensor = stored.tensors.get(value.name())?;
            let element = tensor.ty.weights_element()?;
            let place = Place {
                file: tensor.file,
                ..Place::contiguous(element, tensor.dims.clone(), tensor.begin)
            };
            Some((value.name().to_owned(), place))
        });
        let contents = Contents {
            tensors: used.collect(),
            files: stored.files.clone(),
            metadata: Metadata::default(),
        };
        let (label, path) = (self.file.label.clone(), self.file.path.clone());
        let weights = Weights::of_contents(label, path, contents);
        weights.check(graph)?;
        Ok(weights)
    }

    /// Returns the names of the inputs.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        import::inputs(&self.file).map(|input| input.name.as_str())
    }

    /// Returns the name of its network: that of the file without its extension, or that of a graph in memory.
    pub(crate) fn name(&self) -> String {
        self.file.name()
    }

    /// Returns what messages call it.
    pub(crate) fn label(&self) -> &str {
        &self.file.label
    }

    /// Returns the path where it was opened, if it was not in memory.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.file.path.as_deref()
    }

    /// Returns the metadata that exporters add, such as the names of classes: keys with their values.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        let entries = self.file.model.metadata_props.iter();
        entries.map(|entry| (entry.key.as_str(), entry.value.as_str()))
    }

    /// Returns the name and the version of the program that wrote the file.
    pub fn producer(&self) -> (&str, &str) {
        let model = &self.file.model;
        (&model.producer_name, &model.producer_version)
    }

    /// Returns the version of the standard operators that the file uses.
    pub fn opset(&self) -> i64 {
        self.file.opset
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model({})", self.file.label)
    }
}

/// The operations that are imported: the name of each, the operator sets in which its definition changed, and its
/// attributes.
#[doc(hidden)]
pub fn operations() -> impl Iterator<Item = (&'static str, &'static [i64], &'static [&'static str])>
{
    ops::all().map(|operation| (operation.name, operation.since, operation.attributes))
}
