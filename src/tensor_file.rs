//! Raw tensors in safetensors files: how other frameworks hand us an input and take our output.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::Shape;
use crate::tensor::Tensor;
use crate::weights::file::TensorFile;

/// The tensor `name` of the safetensors file at `path`: four dimensions in NCHW order, dtype F32,
/// F16, BF16 or F64. Other tensors of the file do not matter.
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
    let Shape {
        channels,
        height,
        width,
    } = tensor.shape();
    let shape = match tensor.shape().is_vector() {
        true => vec![tensor.batch(), channels],
        false => vec![tensor.batch(), channels, height, width],
    };
    let data: Vec<u8> = tensor
        .data()
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    TensorView::new(Dtype::F32, shape, &data)
        .and_then(|view| serialize([(name, view)], None))
        .map_err(|error| Error::new(ErrorKind::Io, format!("{name}: cannot be encoded: {error}")))
}

/// Writes [`encode`]'s file to `path`, whole or not at all: under another name in the same folder
/// first. A device or pipe is written to as it is.
///
/// # Errors
/// [`ErrorKind::Io`] where the folder or file cannot be written; an older file at `path` is then
/// untouched.
pub fn write(path: &Path, tensor: &Tensor, name: &str) -> Result<()> {
    let bytes = encode(tensor, name)?;
    replace(path, &bytes).map_err(|error| {
        let path = path.display();
        Error::new(ErrorKind::Io, format!("{path}: cannot be written: {error}"))
    })
}

fn tensor(file: &TensorFile, name: &str) -> Result<Tensor> {
    let Some(found) = file.shape(name) else {
        return Err(file.error(name, "missing"));
    };
    let &[batch, channels, height, width] = found else {
        return Err(file.error(
            name,
            format!("expected 4 dimensions (images, channels, rows, columns), found {found:?}"),
        ));
    };
    if found.contains(&0) {
        return Err(file.error(
            name,
            format!("expected at least one value, found {found:?}"),
        ));
    }
    Tensor::new(
        batch,
        Shape::new(channels, height, width),
        file.values(name, 0..file.elements(name))?,
    )
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Through a link, its target is what gets replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
        return File::options().write(true).open(&path)?.write_all(bytes);
    }
    let (temporary, mut file) = create_sibling(&path)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// A new file in the folder of `path`, under a name that nothing else has.
fn create_sibling(path: &Path) -> io::Result<(PathBuf, File)> {
    let Some(name) = path.file_name() else {
        return Err(io::ErrorKind::IsADirectory.into());
    };
    for attempt in 0..100 {
        let mut temporary = OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}-{attempt}", process::id()));
        let temporary = path.with_file_name(temporary);
        match File::create_new(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (temporary, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
