//! Weights as arguments: a name, a path, or a dictionary of arrays.

use std::path::PathBuf;

use menagerie::network::WeightsChoice;
use menagerie::weights::Weights;
use menagerie::zoo::{self, WeightsSource};
use menagerie::{Error, ErrorKind, Result, hub};
use pyo3::buffer::ElementType;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use safetensors::tensor::{Dtype, TensorView};

use crate::arrays;
use crate::errors::wrong_input;

/// How messages call weights that are no file.
const DICTIONARY: &str = "the dictionary of weights";

/// Weights that are not opened yet.
pub enum GivenWeights {
    Source(WeightsSource),
    /// The bytes of a safetensors file.
    Arrays(Vec<u8>),
}

impl GivenWeights {
    pub fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = object.py();
        if let Ok(arrays) = object.cast::<PyMapping>() {
            return of_arrays(arrays).map(GivenWeights::Arrays);
        }
        if let Ok(text) = object.cast::<PyString>() {
            let source = text.to_cow()?.parse();
            return source
                .map(GivenWeights::Source)
                .map_err(|error| crate::errors::exception(py, &error));
        }
        if let Ok(path) = object.extract::<PathBuf>() {
            return Ok(GivenWeights::Source(WeightsSource::File(path)));
        }
        let found = object.get_type();
        let message = format!(
            "expected weights: \"hub\", \"synthetic:SEED\", a path or a dict of arrays, found a {found}"
        );
        Err(wrong_input(py, &message))
    }

    /// The weights of the network `name` of the zoo. Those of the Hub are downloaded if they are not here.
    ///
    /// # Errors
    /// The same as [`Weights::from_bytes`] and [`hub::fetch`].
    pub fn of_zoo(self, name: &str) -> Result<WeightsChoice> {
        match self {
            GivenWeights::Source(WeightsSource::Hub) => {
                let repository = zoo::find(name)?.repository()?;
                if repository.cached().is_none() {
                    hub::fetch(&repository, &mut |_, _| {})?;
                }
                Ok(WeightsSource::Hub.into())
            }
            GivenWeights::Source(source) => Ok(source.into()),
            GivenWeights::Arrays(bytes) => Weights::from_bytes(DICTIONARY, bytes).map(Into::into),
        }
    }

    /// The weights of one's own graph.
    ///
    /// # Errors
    /// The same as [`Weights::open`]; [`ErrorKind::UnpublishedWeights`] for weights of the Hub.
    pub fn of_graph(self) -> Result<Weights> {
        match self {
            GivenWeights::Source(WeightsSource::File(path)) => Weights::open(&path),
            GivenWeights::Source(WeightsSource::Synthetic(seed)) => Ok(Weights::synthetic(seed)),
            GivenWeights::Source(source) => Err(Error::new(
                ErrorKind::UnpublishedWeights,
                format!("a graph of your own has no weights {source}"),
            )),
            GivenWeights::Arrays(bytes) => Weights::from_bytes(DICTIONARY, bytes),
        }
    }
}

/// A tensor's type, extents and bytes.
struct Stored {
    name: String,
    dtype: Dtype,
    extents: Vec<usize>,
    bytes: Vec<u8>,
}

/// The safetensors file of a dictionary of arrays.
fn of_arrays(arrays: &Bound<'_, PyMapping>) -> PyResult<Vec<u8>> {
    let py = arrays.py();
    let tensors = arrays.items()?.into_iter().map(|item| {
        let (name, array): (String, Bound<'_, PyAny>) = item.extract()?;
        stored(name, &array)
    });
    let tensors: Vec<Stored> = tensors.collect::<PyResult<_>>()?;
    let views = tensors.iter().map(|tensor| {
        let view = TensorView::new(tensor.dtype, tensor.extents.clone(), &tensor.bytes)?;
        Ok((tensor.name.as_str(), view))
    });
    let views: std::result::Result<Vec<_>, safetensors::SafeTensorError> = views.collect();
    let file = views.and_then(|views| safetensors::serialize(views, None));
    file.map_err(|error| wrong_input(py, &format!("{DICTIONARY}: {error}")))
}

fn stored(name: String, array: &Bound<'_, PyAny>) -> PyResult<Stored> {
    let py = array.py();
    let expected = |found: String| {
        wrong_input(
            py,
            &format!("{DICTIONARY}: {name}: expected an array of numbers, found {found}"),
        )
    };
    let Some(buffer) = arrays::memory(array)? else {
        return Err(expected(format!("a {}", array.get_type())));
    };
    let dtype = match ElementType::from_format(buffer.format()) {
        ElementType::Float { bytes: 2 } => Dtype::F16,
        ElementType::Float { bytes: 4 } => Dtype::F32,
        ElementType::Float { bytes: 8 } => Dtype::F64,
        ElementType::SignedInteger { bytes: 8 } => Dtype::I64,
        ElementType::SignedInteger { bytes: 4 } => Dtype::I32,
        ElementType::UnsignedInteger { bytes: 1 } => Dtype::U8,
        _ => return Err(expected(arrays::described(&buffer))),
    };
    let extents = buffer.shape().to_vec();
    // In the order of safetensors, also of a view that has another in memory.
    let contiguous = py
        .import("numpy")?
        .call_method1("ascontiguousarray", (array,))?;
    let bytes = contiguous.call_method0("tobytes")?.extract()?;
    Ok(Stored {
        name,
        dtype,
        extents,
        bytes,
    })
}
