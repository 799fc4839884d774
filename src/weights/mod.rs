//! Where parameters come from: a safetensors file, or the synthetic recipe.

mod check;
mod classes;
mod derive;
pub(crate) mod file;
mod recognise;
mod source;
mod stored;
mod stored_bytes;
mod synthetic;

pub use source::WeightsSource;
#[cfg(feature = "cache")]
pub(crate) use synthetic::fnv1a64;
pub use synthetic::synthetic_input;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Parameter, ParameterId};
use file::TensorFile;
use stored::StoredTensor;

/// What PyTorch's `DataParallel` and `torch.compile` put before every name.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];

/// Values that are looked at together for one that is not finite.
const LOOKED_AT_ONCE: usize = 1 << 10;

/// The values of a network's parameters.
pub struct Weights {
    source: Source,
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
            source: Source::Synthetic(seed),
        }
    }

    /// Checks that these are the weights of `graph`: every stored parameter there with its shape, no
    /// tensor left over but PyTorch's `num_batches_tracked` and branches that only training uses.
    /// Synthetic weights fit every graph.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`], naming the network of the zoo that they are the weights of, or listing
    /// missing, misshapen and surplus tensors: how many of each and the first five.
    pub fn check(&self, graph: &Graph) -> Result<()> {
        match &self.source {
            Source::File(file) => check::check(file, graph),
            Source::Synthetic(_) => Ok(()),
        }
    }

    /// Values of the parameter `id`, stored or derived, in the order of its shape. Derived ones are
    /// computed in f64 and rounded once.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`], naming the tensor, where it is missing, misshapen, of a dtype that is
    /// no float, holds a NaN or an infinity, or is a variance that is not positive with its epsilon.
    pub fn value(&self, graph: &Graph, id: ParameterId) -> Result<Vec<f32>> {
        derive::values(self, graph, id, 0..graph.parameter(id).elements())
    }

    /// As [`Weights::value`], of a range of its elements.
    ///
    /// # Errors
    /// As [`Weights::value`].
    pub fn elements(
        &self,
        graph: &Graph,
        id: ParameterId,
        range: Range<usize>,
    ) -> Result<Vec<f32>> {
        derive::values(self, graph, id, range)
    }

    fn from_file(mut file: TensorFile) -> Self {
        // A wrapper may be wrapped.
        while WRAPPERS.iter().any(|wrapper| file.strip_prefix(wrapper)) {}
        Self {
            source: Source::File(file),
        }
    }

    /// Values of a stored parameter: those of its elements in `range`.
    fn stored(
        &self,
        graph: &Graph,
        parameter: &Parameter,
        range: Range<usize>,
    ) -> Result<Vec<f32>> {
        match &self.source {
            Source::Synthetic(seed) => {
                let Parameter { name, shape, .. } = parameter;
                Ok(synthetic::values(*seed, name, shape, range))
            }
            Source::File(file) => {
                let StoredTensor { name, shape } = stored::find(file, graph, parameter);
                match file.shape(&name) {
                    Some(found) if found != shape => {
                        Err(file.error(&name, check::mismatch(&shape, found)))
                    }
                    _ => file.values(&name, range),
                }
            }
        }
    }

    /// An error about the parameter `name`.
    fn error(&self, name: &str, what: String) -> Error {
        match &self.source {
            Source::File(file) => file.error(name, what),
            Source::Synthetic(_) => {
                Error::new(ErrorKind::Weights, format!("{self}: {name}: {what}"))
            }
        }
    }
}

/// The file's path or name, or `synthetic:SEED`.
impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::File(file) => f.write_str(file.label()),
            Source::Synthetic(seed) => WeightsSource::Synthetic(*seed).fmt(f),
        }
    }
}

impl fmt::Debug for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Weights({self})")
    }
}

/// Where the first value stands that is a NaN or an infinity.
fn first_not_finite(values: &[f32]) -> Option<usize> {
    // A fold without a way out in between is done with vectors.
    let finite = |values: &[f32]| {
        values
            .iter()
            .fold(true, |all, value| all & value.is_finite())
    };
    let block = values
        .chunks(LOOKED_AT_ONCE)
        .position(|block| !finite(block))?;
    let begin = block * LOOKED_AT_ONCE;
    let mut rest = values[begin..].iter();
    let index = rest.position(|value| !value.is_finite())?;
    Some(begin + index)
}
