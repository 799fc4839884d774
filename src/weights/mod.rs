//! The values of parameters: from a file, or synthetic.

mod blocks;
mod bound;
mod checks;
mod comparison;
mod derive;
pub(crate) mod file;
mod formats;
mod stored;
mod stored_bytes;
mod synthetic;

pub use bound::BoundWeights;
pub(crate) use comparison::Comparison;
#[cfg(feature = "onnx")]
pub(crate) use formats::{Contents, Element, Place};
#[cfg(feature = "onnx")]
pub(crate) use stored_bytes::StoredBytes;
pub(crate) use synthetic::SYNTHETIC;
#[cfg(feature = "cache")]
pub(crate) use synthetic::fnv1a64;
pub use synthetic::synthetic_input;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
#[cfg(feature = "onnx")]
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Value, ValueId};
use file::TensorFile;
use stored::StoredTensor;

/// The prefixes that PyTorch's `DataParallel` and `torch.compile` add to every name.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];

/// The values of a network's parameters. Clones share them.
#[derive(Clone)]
pub struct Weights {
    source: Arc<Source>,
}

enum Source {
    File(TensorFile),
    Synthetic(u64),
}

impl Weights {
    /// Opens the file at `path`: a safetensors file, the `.index.json` of a sharded one, or a state dict that PyTorch's
    /// `torch.save` wrote. Nothing in a file is executed. The tensors have dtype F32, F16, BF16 or F64, and the names of
    /// the reference implementation or of one of the graph's dialects ([`Graph::dialects`]). All names may have PyTorch's
    /// prefixes `module.` and `_orig_mod.`. A tensor in a dictionary of a PyTorch file, such as `state_dict`, has the
    /// name of the dictionary and a dot before its own, unless all float tensors are in it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the file cannot be read, [`ErrorKind::Weights`] if it is damaged or of another format, which
    /// the message names.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self::from_file(TensorFile::open(path, ErrorKind::Weights)?))
    }

    /// Parses a file in memory, as [`Weights::open`] does. Messages call it `name`. Borrowed bytes are not copied.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`] if it is damaged or of another format, or the index of several files.
    pub fn from_bytes(name: &str, bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self> {
        let file = TensorFile::parse(name, bytes.into(), ErrorKind::Weights)?;
        Ok(Self::from_file(file))
    }

    /// Creates weights of tensors at places that were checked. Messages call them `label`.
    #[cfg(feature = "onnx")]
    pub(crate) fn of_contents(label: String, path: Option<PathBuf>, contents: Contents) -> Self {
        let file = TensorFile::of_contents(label, path, contents);
        Self {
            source: Arc::new(Source::File(file)),
        }
    }

    /// Creates synthetic weights for any network. SplitMix64 computes them from `seed` and each parameter's name
    /// and shape, so every framework can compute the same values.
    pub fn synthetic(seed: u64) -> Self {
        Self {
            source: Arc::new(Source::Synthetic(seed)),
        }
    }

    /// Checks that these are the weights of `graph`; see [`Weights::bind`].
    ///
    /// # Errors
    /// The same as [`Weights::bind`].
    pub fn check(&self, graph: &Graph) -> Result<()> {
        let comparison = self.compare(graph);
        match comparison.is_sound() {
            true => Ok(()),
            false => Err(Error::new(
                ErrorKind::Weights,
                format!("{self}: not the weights of {}: {comparison}", graph.name()),
            )),
        }
    }

    /// Compares these weights with the parameters of `graph`. Synthetic weights have no mismatches.
    pub(crate) fn compare(&self, graph: &Graph) -> Comparison {
        match &*self.source {
            Source::File(file) => Comparison::new(file, graph),
            Source::Synthetic(_) => Comparison::default(),
        }
    }

    /// Returns the name and shape that the file should have for the stored tensor `value` of `graph`, and the shape
    /// that it has. Returns `None` if the file has no such tensor, or the weights are synthetic.
    pub(crate) fn in_file(&self, graph: &Graph, value: &Value) -> Option<(StoredTensor, &[usize])> {
        let Source::File(file) = &*self.source else {
            return None;
        };
        let expected = stored::find(file, graph, value);
        let found = file.shape(&expected.name)?;
        Some((expected, found))
    }

    /// Returns the path of the opened file, or `None` for weights in memory and synthetic weights.
    pub fn path(&self) -> Option<&Path> {
        match &*self.source {
            Source::File(file) => file.path(),
            Source::Synthetic(_) => None,
        }
    }

    /// Returns the seed of synthetic weights, or `None` for others.
    pub fn seed(&self) -> Option<u64> {
        match &*self.source {
            Source::File(_) => None,
            Source::Synthetic(seed) => Some(*seed),
        }
    }

    /// Returns whether the file has a tensor `name`.
    pub(crate) fn has(&self, name: &str) -> bool {
        match &*self.source {
            Source::File(file) => file.shape(name).is_some(),
            Source::Synthetic(_) => false,
        }
    }

    /// Returns an error about the tensor `name`.
    pub(crate) fn error(&self, name: &str, what: String) -> Error {
        self.source.error(name, what)
    }

    /// Returns all values of the constant `id` of `graph`; see [`BoundWeights::values`].
    ///
    /// # Errors
    /// The same as [`BoundWeights::values`], and [`ErrorKind::Shape`] if the value depends on an input.
    pub fn value(&self, graph: &Graph, id: ValueId) -> Result<Vec<f32>> {
        let Some(value) = graph.values().get(id.index()) else {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("{}: there is no value {id}", graph.name()),
            ));
        };
        let Some(constant) = graph.constant(id) else {
            let name = value.name();
            return Err(Error::new(
                ErrorKind::Shape,
                format!("{name}: expected a constant, found a value that depends on an input"),
            ));
        };
        let count = constant.count();
        self.bound_unchecked(graph).values(&constant, 0..count)
    }

    fn from_file(mut file: TensorFile) -> Self {
        // Both prefixes may be present, in any order.
        while WRAPPERS.iter().any(|wrapper| file.strip_prefix(wrapper)) {}
        Self {
            source: Arc::new(Source::File(file)),
        }
    }
}

impl Source {
    /// Returns an error about the tensor or constant `name`.
    fn error(&self, name: &str, what: String) -> Error {
        match self {
            Source::File(file) => file.error(name, what),
            Source::Synthetic(seed) => Error::new(
                ErrorKind::Weights,
                format!("{SYNTHETIC}{seed}: {name}: {what}"),
            ),
        }
    }
}

/// Writes the file's path or name, or `synthetic:SEED`.
impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.source {
            Source::File(file) => f.write_str(file.label()),
            Source::Synthetic(seed) => write!(f, "{SYNTHETIC}{seed}"),
        }
    }
}

impl fmt::Debug for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Weights({self})")
    }
}
