//! Safetensors files: the length of a JSON header in 8 bytes, the header, and the tensors
//! (<https://huggingface.co/docs/safetensors>). The `safetensors` crate checks the header: its size limit, and that
//! the offsets cover the data without gaps or overlaps.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use half::{bf16, f16};
use safetensors::tensor::{Dtype, Metadata, SafeTensorError, SafeTensors, TensorInfo};

use super::checks::first_not_finite;
use super::stored_bytes::StoredBytes;
use crate::error::{Error, ErrorKind, Result};

/// The most characters of a file's own text that an error message quotes.
const QUOTED: usize = 120;

/// The most bytes to read at once: small enough to stay in a cache until they are decoded, and large enough that
/// threads seldom wait for each other's reads.
const READ_BLOCK: usize = 1 << 20;

/// Bytes of the header's length.
const HEADER_LENGTH: u64 = 8;

/// The most bytes of a header.
const MAX_HEADER: u64 = 100_000_000;

/// A safetensors file whose header was checked against the size of its data.
pub(crate) struct TensorFile {
    label: String,
    path: Option<PathBuf>,
    kind: ErrorKind,
    files: Vec<Arc<StoredBytes>>,
    tensors: BTreeMap<String, Place>,
}

/// The type, shape and place of a tensor.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) dtype: Dtype,
    pub(crate) shape: Vec<usize>,
    /// The index of the file.
    pub(crate) file: usize,
    /// The position of the first element in bytes.
    pub(crate) begin: u64,
}

impl TensorFile {
    /// Opens the file at `path`. Invalid content is an error of `kind`.
    pub(crate) fn open(path: &Path, kind: ErrorKind) -> Result<Self> {
        let label = path.display().to_string();
        let failed = |error: io::Error| Error::unreadable(path, error);
        // Reading a device or pipe might never end.
        if !fs::metadata(path).map_err(failed)?.is_file() {
            return Err(Error::new(
                ErrorKind::Io,
                format!("{label}: expected a file, found a folder or device"),
            ));
        }
        let file = Self::of_bytes(label, StoredBytes::open(path).map_err(failed)?, kind)?;
        Ok(Self {
            path: Some(path.to_path_buf()),
            ..file
        })
    }

    /// Parses a file in memory. Messages call it `label`; errors are of `kind`.
    pub(crate) fn parse(label: &str, bytes: Cow<'static, [u8]>, kind: ErrorKind) -> Result<Self> {
        Self::of_bytes(label.to_string(), StoredBytes::InMemory(bytes), kind)
    }

    fn of_bytes(label: String, bytes: StoredBytes, kind: ErrorKind) -> Result<Self> {
        let beginning =
            beginning(&bytes).map_err(|error| Error::unreadable(Path::new(&label), error))?;
        let metadata = metadata(&beginning, bytes.length()).map_err(|error| {
            let reason = explain(&error, &beginning, bytes.length());
            Error::new(
                kind,
                format!("{label}: not a valid safetensors file: {reason}"),
            )
            .caused_by(error)
        })?;
        let data_begin = beginning.len() as u64;
        let place = |info: &TensorInfo| Place {
            dtype: info.dtype,
            shape: info.shape.clone(),
            file: 0,
            begin: data_begin + info.data_offsets.0 as u64,
        };
        let tensors = metadata
            .tensors()
            .into_iter()
            .map(|(name, info)| (name, place(info)))
            .collect();
        Ok(Self {
            label,
            path: None,
            kind,
            files: vec![Arc::new(bytes)],
            tensors,
        })
    }

    /// Creates a file of tensors at these places of `files`, which were checked.
    #[cfg(feature = "onnx")]
    pub(crate) fn of_places(
        label: String,
        path: Option<PathBuf>,
        files: Vec<Arc<StoredBytes>>,
        tensors: BTreeMap<String, Place>,
    ) -> Self {
        Self {
            label,
            path,
            kind: ErrorKind::Weights,
            files,
            tensors,
        }
    }

    /// Returns the file's name in error messages.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// Returns the file's path, or `None` for a file in memory.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Removes `prefix` from all names if each name has it, and returns whether it did.
    pub(crate) fn strip_prefix(&mut self, prefix: &str) -> bool {
        let wrapped = |name: &String| name.starts_with(prefix);
        let found = !self.tensors.is_empty() && self.tensors.keys().all(wrapped);
        if found {
            self.tensors = std::mem::take(&mut self.tensors)
                .into_iter()
                .map(|(name, info)| (name[prefix.len()..].to_string(), info))
                .collect();
        }
        found
    }

    /// Returns the names of all tensors, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Returns the dimensions of the tensor `name`, or `None` if there is none.
    pub(crate) fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(|info| info.shape.as_slice())
    }

    /// Returns the number of elements of the tensor `name`.
    pub(crate) fn elements(&self, name: &str) -> usize {
        self.shape(name).map_or(0, |shape| shape.iter().product())
    }

    /// Returns the elements in `range` of the tensor `name` as f32. All of them are finite.
    pub(crate) fn values(&self, name: &str, range: Range<usize>) -> Result<Vec<f32>> {
        let Some(info) = self.tensors.get(name) else {
            return Err(self.error(name, "missing"));
        };
        let count = range.len();
        let begin = |size: usize| (info.file, info.begin + (range.start * size) as u64);
        let values = match info.dtype {
            Dtype::F32 => self.decoded(begin(4), count, f32::from_le_bytes),
            Dtype::F64 => self.decoded(begin(8), count, |bytes| f64::from_le_bytes(bytes) as f32),
            Dtype::F16 => self.decoded(begin(2), count, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Dtype::BF16 => {
                self.decoded(begin(2), count, |bytes| bf16::from_le_bytes(bytes).to_f32())
            }
            found => {
                let expected = "expected F32, F16, BF16 or F64";
                return Err(self.error(name, format!("{expected}, found {found}")));
            }
        };
        let values = values.map_err(|error| Error::unreadable(Path::new(&self.label), error))?;
        match first_not_finite(&values) {
            Some(index) => Err(self.error(
                name,
                format!(
                    "expected finite f32 values, found {} at index {}",
                    values[index],
                    range.start + index
                ),
            )),
            None => Ok(values),
        }
    }

    /// Reads `count` numbers of a file, from byte `begin` on, as f32.
    fn decoded<const SIZE: usize>(
        &self,
        (file, begin): (usize, u64),
        count: usize,
        decode: impl Fn([u8; SIZE]) -> f32,
    ) -> io::Result<Vec<f32>> {
        let mut values = Vec::with_capacity(count);
        let mut bytes = vec![0; READ_BLOCK.min(count * SIZE)];
        while values.len() < count {
            let length = bytes.len().min((count - values.len()) * SIZE);
            let place = begin + (values.len() * SIZE) as u64;
            self.files[file].read(place, &mut bytes[..length])?;
            let (numbers, _) = bytes[..length].as_chunks();
            values.extend(numbers.iter().map(|&number| decode(number)));
        }
        Ok(values)
    }

    /// Returns an error about the tensor `name`.
    pub(crate) fn error(&self, name: &str, what: impl std::fmt::Display) -> Error {
        Error::new(
            self.kind,
            format!("{}: {}: {what}", self.label, printable(name)),
        )
    }
}

/// Shortens and escapes text from a file so that it fits into one line of a message.
pub(crate) fn printable(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(QUOTED)
        .flat_map(|character| {
            // Only control characters are escaped, because they could move the cursor of a terminal.
            let escaped = character.is_control().then(|| character.escape_default());
            let kept = escaped.is_none().then_some(character);
            kept.into_iter().chain(escaped.into_iter().flatten())
        })
        .collect();
    if text.chars().nth(QUOTED).is_some() {
        shown.push_str("...");
    }
    shown
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
