//! Raw tensors in safetensors files: how other frameworks hand us an input and take our output.

use std::borrow::Cow;
use std::path::Path;

use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::atomic_write;
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::Shape;
use crate::tensor::Tensor;
use crate::weights::file::TensorFile;

/// Reads the tensor `name` of the safetensors file at `path`: dimensions `[N, C, H, W]`, or `[N, C]` for vectors, dtype
/// F32, F16, BF16 or F64. Other tensors of the file are ignored.
///
/// # Errors
/// [`ErrorKind::Io`] where the file cannot be read; [`ErrorKind::Input`] where it is not a sound
/// safetensors file, or the tensor is missing, has another number of dimensions, no values at all,
/// another dtype, a NaN or an infinity.
pub fn read(path: &Path, name: &str) -> Result<Tensor> {
    tensor(&TensorFile::open(path, ErrorKind::Input)?, name)
}

/// The tensor `name` of a safetensors file in memory; `label` stands for the file in errors.
///
/// # Errors
/// As [`read`], less those of reading.
pub fn decode(label: &str, bytes: impl Into<Cow<'static, [u8]>>, name: &str) -> Result<Tensor> {
    tensor(
        &TensorFile::parse(label, bytes.into(), ErrorKind::Input)?,
        name,
    )
}

/// A safetensors file that holds `tensor` under `name`, in f32: `[N, C]` where each image is a
/// vector, else `[N, C, H, W]`.
///
/// # Errors
/// [`ErrorKind::Io`] where `name` is too long for the format.
pub fn encode(tensor: &Tensor, name: &str) -> Result<Vec<u8>> {
    let data: Vec<u8> = tensor
        .data()
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    TensorView::new(Dtype::F32, tensor.extents(), &data)
        .and_then(|view| serialize([(name, view)], None))
        .map_err(|error| Error::new(ErrorKind::Io, format!("{name}: cannot be encoded: {error}")))
}

/// Writes [`encode`]'s file to `path`, whole or not at all.
///
/// # Errors
/// As [`encode`] and [`atomic_write::write`].
pub fn write(path: &Path, tensor: &Tensor, name: &str) -> Result<()> {
    atomic_write::write(path, &encode(tensor, name)?)
}

fn tensor(file: &TensorFile, name: &str) -> Result<Tensor> {
    let Some(found) = file.shape(name) else {
        return Err(file.error(name, "missing"));
    };
    let (batch, shape) = match *found {
        [batch, channels, height, width] => (batch, Shape::new(channels, height, width)),
        [batch, channels] => (batch, Shape::vector(channels)),
        _ => {
            return Err(file.error(
                name,
                format!("expected dimensions [N, C, H, W] or [N, C], found {found:?}"),
            ));
        }
    };
    if found.contains(&0) {
        return Err(file.error(
            name,
            format!("expected at least one value, found {found:?}"),
        ));
    }
    Tensor::new(batch, shape, file.values(name, 0..file.elements(name))?)
}
