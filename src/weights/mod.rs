//! Where parameters come from: a safetensors file, or the synthetic recipe.

mod bound;
mod comparison;
mod derive;
pub(crate) mod file;
mod sound;
mod stored;
mod stored_bytes;
mod synthetic;

pub use bound::BoundWeights;
pub(crate) use comparison::Comparison;
pub(crate) use synthetic::SYNTHETIC;
#[cfg(feature = "cache")]
pub(crate) use synthetic::fnv1a64;
pub use synthetic::synthetic_input;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Value, ValueId};
use file::TensorFile;
use stored::StoredTensor;

/// What PyTorch's `DataParallel` and `torch.compile` put before every name.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];

/// The values of a network's parameters; clones share them.
#[derive(Clone)]
pub struct Weights {
    source: Arc<Source>,
}

enum Source {
    File(TensorFile),
    Synthetic(u64),
}

impl Weights {
    /// The safetensors file at `path`: tensors of dtype F32, F16, BF16 or F64 under the reference
    /// implementation's names or those of one of the graph's dialects ([`Graph::dialects`]). PyTorch's
    /// wrappers `module.` and `_orig_mod.` may stand before all names.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where it cannot be read, [`ErrorKind::Weights`] where it is not a sound
    /// safetensors file.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self::from_file(TensorFile::open(path, ErrorKind::Weights)?))
    }

    /// A safetensors file in memory; `name` stands for it in errors. Borrowed bytes are not copied.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`] where it is not a sound safetensors file.
    pub fn from_bytes(name: &str, bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self> {
        let file = TensorFile::parse(name, bytes.into(), ErrorKind::Weights)?;
        Ok(Self::from_file(file))
    }

    /// Made-up weights for any network: SplitMix64 numbers that follow from `seed` and each
    /// parameter's name and shape, so that any framework can compute them too.
    pub fn synthetic(seed: u64) -> Self {
        Self {
            source: Arc::new(Source::Synthetic(seed)),
        }
    }

    /// Checks that these are the weights of `graph`; see [`Weights::bind`].
    ///
    /// # Errors
    /// As [`Weights::bind`].
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

    /// What these have in common with the parameters of `graph`. Of made-up weights nothing is wrong.
    pub(crate) fn compare(&self, graph: &Graph) -> Comparison {
        match &*self.source {
            Source::File(file) => Comparison::new(file, graph),
            Source::Synthetic(_) => Comparison::default(),
        }
    }

    /// The stored tensor `value` of `graph` as the file should have it, and the shape that it has there; none where
    /// there is no such tensor in it, or no file.
    pub(crate) fn in_file(&self, graph: &Graph, value: &Value) -> Option<(StoredTensor, &[usize])> {
        let Source::File(file) = &*self.source else {
            return None;
        };
        let expected = stored::find(file, graph, value);
        let found = file.shape(&expected.name)?;
        Some((expected, found))
    }

    /// The file that they were opened from; none for weights in memory and made-up ones.
    pub fn path(&self) -> Option<&Path> {
        match &*self.source {
            Source::File(file) => file.path(),
            Source::Synthetic(_) => None,
        }
    }

    /// The seed of made-up weights.
    pub fn seed(&self) -> Option<u64> {
        match &*self.source {
            Source::File(_) => None,
            Source::Synthetic(seed) => Some(*seed),
        }
    }

    /// Whether a file has a tensor `name`.
    pub(crate) fn has(&self, name: &str) -> bool {
        match &*self.source {
            Source::File(file) => file.shape(name).is_some(),
            Source::Synthetic(_) => false,
        }
    }

    /// An error about the tensor `name`.
    pub(crate) fn error(&self, name: &str, what: String) -> Error {
        self.source.error(name, what)
    }

    /// All values of the constant `id` of `graph`; see [`BoundWeights::values`].
    ///
    /// # Errors
    /// As [`BoundWeights::values`], and [`ErrorKind::Shape`] where an input reaches it.
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
                format!("{name}: expected a constant, found what an input reaches"),
            ));
        };
        let count = constant.count();
        self.bound_unchecked(graph).values(&constant, 0..count)
    }

    fn from_file(mut file: TensorFile) -> Self {
        // A wrapper may be wrapped.
        while WRAPPERS.iter().any(|wrapper| file.strip_prefix(wrapper)) {}
        Self {
            source: Arc::new(Source::File(file)),
        }
    }
}

impl Source {
    /// An error about the tensor or constant `name`.
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

/// The file's path or name, or `synthetic:SEED`.
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
