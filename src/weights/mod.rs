//! The values of parameters: from a file, or synthetic.

mod blocks;
mod bound;
mod checks;
mod derive;
pub(crate) mod file;
mod formats;
mod largest;
mod naming;
mod normalisation;
mod printable;
mod stored_bytes;
mod synthetic;

pub use bound::BoundWeights;
#[cfg(feature = "onnx")]
pub(crate) use formats::{BEGINNING, instead_of};
#[cfg(feature = "onnx")]
pub(crate) use formats::{Contents, Element, Metadata, Place};
pub(crate) use naming::{Freedom, Mismatch, Naming};
pub(crate) use printable::printable;
#[cfg(feature = "onnx")]
pub(crate) use stored_bytes::StoredBytes;
pub(crate) use synthetic::SYNTHETIC;
#[cfg(feature = "cache")]
pub(crate) use synthetic::fnv1a64;
pub use synthetic::{synthetic_input, synthetic_inputs};

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
#[cfg(feature = "onnx")]
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, ValueId};
use file::TensorFile;
use largest::Largest;

/// The values of a network's parameters. Clones share them.
#[derive(Clone)]
pub struct Weights {
    source: Arc<Source>,
    /// The beginning of the names to use.
    prefix: Arc<str>,
    /// The names that were found for a network, which also hold for its parts.
    naming: Option<Arc<Naming>>,
    allows_non_finite: bool,
    /// The largest parameter that was read so far.
    largest: Arc<Largest>,
}

enum Source {
    File(TensorFile),
    Synthetic(u64),
}

impl Weights {
    /// Opens the file at `path`: a safetensors file, the `.index.json` of a sharded one, or a state dict or model that PyTorch's
    /// `torch.save` or `torch.jit.save` wrote. Nothing in a file is executed. A tensor in a dictionary of a PyTorch file, such as `state_dict`,
    /// has the name of the dictionary and a dot before its own, unless all float tensors are in it. The tensors have
    /// dtype F32, F16, BF16 or F64. Their names are those of the reference implementation with any prefix, or those of
    /// another implementation whose modules have the same layers in the same order; see [`Weights::bind`].
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
        Self::from_file(TensorFile::of_contents(label, path, contents))
    }

    /// Creates synthetic weights for any network. SplitMix64 computes them from `seed` and each parameter's name
    /// and shape, so every framework can compute the same values.
    pub fn synthetic(seed: u64) -> Self {
        Self::of_source(Source::Synthetic(seed))
    }

    /// Returns these weights with only the tensors whose names begin with `prefix`, such as `ema.`. Needed for files with
    /// several copies of a network. Synthetic weights do not change.
    pub fn with_prefix(&self, prefix: &str) -> Self {
        Self {
            source: Arc::clone(&self.source),
            prefix: prefix.into(),
            naming: None,
            allows_non_finite: self.allows_non_finite,
            largest: Arc::clone(&self.largest),
        }
    }

    /// Returns these weights with values that may be NaN or infinite. By default, reading such a value is an error.
    pub fn allow_non_finite(&self) -> Self {
        Self {
            allows_non_finite: true,
            ..self.clone()
        }
    }

    /// Returns the largest absolute value of the parameters that were read so far.
    pub(crate) fn largest(&self) -> f32 {
        self.largest.get()
    }

    /// Checks that these are the weights of `graph`; see [`Weights::bind`].
    ///
    /// # Errors
    /// The same as [`Weights::bind`].
    pub fn check(&self, graph: &Graph) -> Result<()> {
        self.naming_of(graph).map(|_| ())
    }

    /// Finds the names of the parameters of `graph`, which may differ from the file as `freedom` says. Synthetic weights
    /// have every name.
    pub(crate) fn match_with(&self, graph: &Graph, freedom: Freedom) -> Result<Naming, Mismatch> {
        match &*self.source {
            Source::File(file) => naming::find(file, graph, freedom, &self.prefix),
            Source::Synthetic(_) => Ok(Naming::default()),
        }
    }

    /// Returns these weights with the names that were found for a network.
    pub(crate) fn named(&self, naming: Naming) -> Self {
        Self {
            naming: Some(Arc::new(naming)),
            ..self.clone()
        }
    }

    /// Returns the names of all parameters of `graph` in the file.
    fn naming_of(&self, graph: &Graph) -> Result<Arc<Naming>> {
        if let (Source::File(file), Some(naming)) = (&*self.source, &self.naming)
            && naming.covers(graph, file)
        {
            return Ok(Arc::clone(naming));
        }
        let naming = self.match_with(graph, Freedom::default());
        let naming = naming.and_then(|mut naming| match naming.headless.take() {
            Some(mismatch) => Err(mismatch),
            None => Ok(naming),
        });
        match naming {
            Ok(naming) => Ok(Arc::new(naming)),
            Err(mismatch) => Err(self.mismatch(graph.name(), &mismatch)),
        }
    }

    /// Returns the error for weights that are not those of the network `name`.
    pub(crate) fn mismatch(&self, name: &str, mismatch: &Mismatch) -> Error {
        Error::new(
            mismatch.kind(),
            format!("{self}: not the weights of {name}: {mismatch}"),
        )
    }

    /// Returns the shape of the file's tensor for the parameter `name` of the network whose names were found.
    pub(crate) fn shape_of(&self, name: &str) -> Option<&[usize]> {
        let Source::File(file) = &*self.source else {
            return None;
        };
        file.shape(self.naming.as_ref()?.get(name)??)
    }

    /// Returns the names that were found for a network.
    pub(crate) fn naming(&self) -> Option<&Naming> {
        self.naming.as_deref()
    }

    /// Returns the path of the opened file, or `None` for weights in memory and synthetic weights.
    pub fn path(&self) -> Option<&Path> {
        match &*self.source {
            Source::File(file) => file.path(),
            Source::Synthetic(_) => None,
        }
    }

    /// Returns the paths of all files with values: that of [`Weights::path`], and those that it names.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let file = match &*self.source {
            Source::File(file) => Some(file),
            Source::Synthetic(_) => None,
        };
        file.into_iter().flat_map(TensorFile::paths)
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

    /// Returns the entries of the file's metadata.
    pub(crate) fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        let file = match &*self.source {
            Source::File(file) => Some(file),
            Source::Synthetic(_) => None,
        };
        file.into_iter().flat_map(TensorFile::metadata)
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

    fn from_file(file: TensorFile) -> Self {
        Self::of_source(Source::File(file))
    }

    fn of_source(source: Source) -> Self {
        Self {
            source: Arc::new(source),
            prefix: "".into(),
            naming: None,
            allows_non_finite: false,
            largest: Arc::default(),
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

    /// Returns an error about a value of the tensor or constant `name` that is not finite.
    fn not_finite(&self, name: &str, what: String) -> Error {
        match self {
            Source::File(file) => file.not_finite(name, what),
            Source::Synthetic(seed) => Error::new(
                ErrorKind::NotFinite,
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
