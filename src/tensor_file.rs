//! Single tensors in safetensors files, to exchange inputs and outputs with other frameworks. PyTorch's own files are read,
//! too.

use std::borrow::Cow;
use std::path::Path;

use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::atomic_write;
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Element, HostTensor, Shape, Tensor};
use crate::weights::file::TensorFile;
use crate::weights::printable;

/// The most tensors that a message lists.
const NAMED: usize = 4;

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
    encoded(Dtype::F32, tensor.extents(), &data, name)
}

/// Writes the file of [`encode`] to `path`, atomically.
///
/// # Errors
/// As [`encode`] and [`atomic_write::write`].
pub fn write(path: &Path, tensor: &Tensor, name: &str) -> Result<()> {
    atomic_write::write(path, &encode(tensor, name)?)
}

/// Reads the tensor `name` of the safetensors or PyTorch file at `path`, with any extents, as f32. The name does not matter
/// if the file has only one tensor.
///
/// # Errors
/// The same as [`read`].
pub fn read_array(path: &Path, name: &str) -> Result<HostTensor> {
    let file = TensorFile::open(path, ErrorKind::Input)?;
    let mut names = file.names();
    let name = match (names.next(), names.next()) {
        (Some(only), None) => only,
        _ => name,
    };
    let Some(extents) = file.shape(name) else {
        let names: Vec<String> = file.names().take(NAMED).map(printable).collect();
        let more = if file.names().count() > NAMED {
            ", ..."
        } else {
            ""
        };
        let what = format!("missing; the file has {}{more}", names.join(", "));
        return Err(file.error(name, what));
    };
    let values = file.values(name, 0..file.elements(name))?;
    HostTensor::new(extents, values).map_err(|error| file.error(name, error))
}

/// Writes a safetensors file of `array` under `name` to `path`, atomically, with its element type and extents.
///
/// # Errors
/// As [`write()`].
pub fn write_array(path: &Path, array: &HostTensor, name: &str) -> Result<()> {
    let element = match array.element() {
        Element::F32 => Dtype::F32,
        Element::F16 => Dtype::F16,
        Element::F64 => Dtype::F64,
        Element::I32 => Dtype::I32,
        Element::I64 => Dtype::I64,
        Element::U8 => Dtype::U8,
        Element::Bool => Dtype::BOOL,
    };
    let bytes = encoded(element, array.dims().to_vec(), &array.to_le_bytes(), name)?;
    atomic_write::write(path, &bytes)
}

fn encoded(element: Dtype, extents: Vec<usize>, data: &[u8], name: &str) -> Result<Vec<u8>> {
    TensorView::new(element, extents, data)
        .and_then(|view| serialize([(name, view)], None))
        .map_err(|error| Error::new(ErrorKind::Io, format!("{name}: cannot be encoded: {error}")))
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
