//! Safetensors files: the length of a JSON header in 8 bytes, the header, and the tensors
//! (<https://huggingface.co/docs/safetensors>). The `safetensors` crate checks the header: its size limit, and that
//! the offsets cover the data without gaps or overlaps.

use std::io;

use safetensors::tensor::{Metadata, SafeTensorError, SafeTensors};

use super::element::Element;
use super::place::Place;
use super::{Refusal, Tensors};
use crate::weights::printable;
use crate::weights::stored_bytes::StoredBytes;

/// Bytes of the header's length.
const HEADER_LENGTH: u64 = 8;

/// The most bytes of a header.
pub(super) const MAX_HEADER: u64 = 100_000_000;

/// Returns whether a file that starts with `beginning` can be a safetensors file.
pub(super) fn is_one(beginning: &[u8]) -> bool {
    stated(beginning) <= MAX_HEADER && beginning.get(HEADER_LENGTH as usize) == Some(&b'{')
}

/// Reads the tensors and metadata in the header of a file, and checks it against the size of the file.
pub(super) fn read(bytes: &StoredBytes) -> Result<(Tensors, super::Metadata), Refusal> {
    let beginning = beginning(bytes)?;
    let metadata = metadata(&beginning, bytes.length()).map_err(|error| {
        let reason = explain(&error, &beginning, bytes.length());
        Refusal::damaged("safetensors", reason).caused_by(error)
    })?;
    let data_begin = beginning.len() as u64;
    let tensors = metadata.tensors().into_iter().map(|(name, info)| {
        let element = Element::named(info.dtype.to_string());
        let begin = data_begin + info.data_offsets.0 as u64;
        (name, Place::contiguous(element, info.shape.clone(), begin))
    });
    let texts = metadata.metadata().clone().unwrap_or_default();
    Ok((tensors.collect(), texts.into_iter().collect()))
}

/// Reads the length of the header and the header. Reads only the length if it is invalid.
fn beginning(bytes: &StoredBytes) -> io::Result<Vec<u8>> {
    let found = bytes.length();
    let mut beginning = vec![0; found.min(HEADER_LENGTH) as usize];
    bytes.read(0, &mut beginning)?;
    let stated = stated(&beginning);
    if let Some(end) = stated.checked_add(HEADER_LENGTH)
        && stated <= MAX_HEADER
        && end <= found
    {
        beginning.resize(end as usize, 0);
        bytes.read(0, &mut beginning)?;
    }
    Ok(beginning)
}

/// Returns the length of the header, as `beginning` states it.
fn stated(beginning: &[u8]) -> u64 {
    beginning
        .first_chunk()
        .map_or(0, |&length| u64::from_le_bytes(length))
}

/// Parses the header of a file of `length` bytes that starts with `beginning`.
fn metadata(beginning: &[u8], length: u64) -> std::result::Result<Metadata, SafeTensorError> {
    match SafeTensors::read_metadata(beginning) {
        // The data was not read, so the only permitted error is that it is missing.
        Ok(_) | Err(SafeTensorError::MetadataIncompleteBuffer) => {}
        Err(error) => return Err(error),
    }
    let metadata: Metadata = serde_json::from_slice(&beginning[HEADER_LENGTH as usize..])?;
    match (beginning.len() as u64).checked_add(metadata.data_len() as u64) {
        Some(end) if end == length => Ok(metadata),
        _ => Err(SafeTensorError::MetadataIncompleteBuffer),
    }
}

/// Explains why a file of `size` bytes cannot be read. Adds numbers that the error of the `safetensors` crate does
/// not contain.
fn explain(error: &SafeTensorError, beginning: &[u8], size: u64) -> String {
    let header = stated(beginning);
    match error {
        SafeTensorError::HeaderTooSmall => {
            format!("expected at least 8 bytes, found {size}")
        }
        SafeTensorError::HeaderTooLarge => {
            format!("expected a header of at most {MAX_HEADER} bytes, found one of {header}")
        }
        SafeTensorError::InvalidHeaderLength => format!(
            "expected a header of {header} bytes after the first 8, found {}",
            size - 8
        ),
        SafeTensorError::InvalidHeader(_) => "expected a header in UTF-8, found other bytes".into(),
        SafeTensorError::InvalidHeaderDeserialization(error)
        | SafeTensorError::JsonError(error) => {
            format!(
                "expected a header in JSON: {}",
                printable(&error.to_string())
            )
        }
        SafeTensorError::InvalidOffset(name) => format!(
            "{}: expected it to begin where the tensor before it ends, found a gap or an overlap",
            printable(name)
        ),
        SafeTensorError::TensorInvalidInfo => {
            "a tensor's shape and dtype need another number of bytes than its offsets give".into()
        }
        SafeTensorError::ValidationOverflow => {
            "a tensor's shape is too large to count its bytes".into()
        }
        SafeTensorError::MetadataIncompleteBuffer => format!(
            "expected the last tensor to end with the file's {size} bytes: \
             it is truncated or has bytes left over"
        ),
        other => printable(&other.to_string()),
    }
}
