//! The formats of weights files. A format is a function from the bytes of a file to the places of its tensors. Nothing
//! else in the crate knows formats: values are read by place, whichever format it is from.

mod element;
mod folder;
mod foreign;
mod foreign_archive;
mod limits;
mod place;
mod refusal;
mod safetensors;
mod shards;
mod torch;

pub(crate) use element::Element;
pub(crate) use place::Place;
pub(crate) use refusal::Refusal;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::stored_bytes::StoredBytes;
use crate::error::{Error, ErrorKind};

/// The tensors of a file by name.
pub(crate) type Tensors = BTreeMap<String, Place>;

/// Texts of a file that are about its tensors, by name.
pub(crate) type Metadata = BTreeMap<String, String>;

/// The number of bytes that determine the format. A tar archive states its format after 257 bytes.
pub(crate) const BEGINNING: u64 = 512;

/// The tensors of a file, and the files with their numbers. These are several for the index of a sharded file.
pub(crate) struct Contents {
    pub(crate) files: Vec<Arc<StoredBytes>>,
    pub(crate) tensors: Tensors,
    /// The metadata of a safetensors file. Other files have none.
    pub(crate) metadata: Metadata,
}

/// Opens the file at `path`. Content that cannot be used is an error of `kind`.
pub(crate) fn open(path: &Path, kind: ErrorKind) -> Result<Contents, Error> {
    let label = path.display().to_string();
    let failed = |error: io::Error| Error::unreadable(path, error);
    if path.is_dir() {
        return Err(folder::refusal_of(path).of(&label, kind));
    }
    let bytes = StoredBytes::open(path).map_err(failed)?;
    shards::refuse_single(path)
        .and_then(|()| contents(&label, bytes, path.parent()))
        .map_err(|refusal| refusal.of(&label, kind))
}

/// Reads a file in memory. Errors call it `label`.
pub(crate) fn parse(label: &str, bytes: StoredBytes, kind: ErrorKind) -> Result<Contents, Error> {
    contents(label, bytes, None).map_err(|refusal| refusal.of(label, kind))
}

/// Returns why a file that starts with `beginning` and should be `expected` is none, if it is of a known format.
#[cfg(feature = "onnx")]
pub(crate) fn instead_of(expected: &str, beginning: &[u8]) -> Option<Refusal> {
    const BESIDE: &str = "weights alone are no network: those of the zoo's networks take them";
    if safetensors::is_one(beginning) {
        return Some(foreign::refused(expected, "a safetensors file", BESIDE));
    }
    if torch::is_legacy(beginning) {
        return Some(foreign::refused(expected, "a PyTorch file", BESIDE));
    }
    if torch::is_archive(beginning) {
        let what = "a ZIP archive, as PyTorch and Keras save weights";
        return Some(foreign::refused(expected, what, BESIDE));
    }
    foreign::instead_of(expected, beginning)
}

/// Reads a file, and the other files that an index in `folder` names.
fn contents(label: &str, bytes: StoredBytes, folder: Option<&Path>) -> Result<Contents, Refusal> {
    let beginning = bytes.read_up_to(0, BEGINNING)?;
    if let Some(index) = shards::index(&beginning, &bytes)? {
        let contents = shards::read(index, folder)?;
        limits::check(&contents.tensors)?;
        return Ok(contents);
    }
    let (tensors, metadata) = described(label, &beginning, &bytes)?;
    limits::check(&tensors)?;
    Ok(Contents {
        files: vec![Arc::new(bytes)],
        tensors,
        metadata,
    })
}

/// Reads the places of the tensors of one file, and its metadata.
fn described(
    label: &str,
    beginning: &[u8],
    bytes: &StoredBytes,
) -> Result<(Tensors, Metadata), Refusal> {
    if safetensors::is_one(beginning) {
        return safetensors::read(bytes);
    }
    if torch::is_archive(beginning) {
        return Ok((torch::read_archive(bytes)?, Metadata::new()));
    }
    if torch::is_legacy(beginning) {
        return Ok((torch::read_legacy(bytes)?, Metadata::new()));
    }
    match foreign::named(label, beginning) {
        Some(refusal) => Err(refusal),
        // The reader says what is wrong with it.
        None => safetensors::read(bytes),
    }
}
