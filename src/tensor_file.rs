//! Single tensors in safetensors files, to exchange inputs and outputs with other frameworks. PyTorch's own files are read,
//! too.

use std::borrow::Cow;
use std::path::Path;

use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::atomic_write;
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::Shape;
use crate::tensor::Tensor;
use crate::weights::file::TensorFile;

/// Reads the tensor `name` of the safetensors or PyTorch file at `path`: dimensions `[N, C, H, W]`, or `[N, C]` for vectors, dtype
/// F32, F16, BF16 or F64. Other tensors of the file are ignored.
///
/// # Errors
/// [`ErrorKind::Io`] if the file cannot be read. [`ErrorKind::Input`] if it is damaged or of another format, or if the
/// tensor is missing, has another number of dimensions, no values, another dtype, a NaN or an infinity.
pub fn read(path: &Path, name: &str) -> Result<Tensor> {
    tensor(&TensorFile::open(path, ErrorKind::Input)?, name)
}

/// Reads the tensor `name` of a safetensors or PyTorch file in memory. Errors call the file `label`.
///
/// # Errors
/// The [`ErrorKind::Input`] errors of [`read`].
pub fn decode(label: &str, bytes: impl Into<Cow<'static, [u8]>>, name: &str) -> Result<Tensor> {
    tensor(
        &TensorFile::parse(label, bytes.into(), ErrorKind::Input)?,
        name,
    )
}

/// Encodes a safetensors file that holds `tensor` under `name`, in f32. The shape is `[N, C]` if each image is a vector,
/// and otherwise `[N, C, H, W]`.
///
/// # Errors
/// [`ErrorKind::Io`] if `name` is too long for the format.
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

/// Writes the file of [`encode`] to `path`, atomically.
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
