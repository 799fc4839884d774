//! Safetensors files: the length of a JSON header in 8 bytes, the header, the tensors
//! (<https://huggingface.co/docs/safetensors>). The `safetensors` crate holds the header to the
//! format's rules: a size limit, and offsets that cover the data once without a gap.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{fs, io};

use half::{bf16, f16};
use safetensors::tensor::{Dtype, Metadata, SafeTensorError, SafeTensors, TensorInfo};

use super::sound::first_not_finite;
use super::stored_bytes::StoredBytes;
use crate::error::{Error, ErrorKind, Result};

/// Longest piece of a file's own text that an error repeats, in characters.
const QUOTED: usize = 120;

/// Bytes of numbers that are read at once: few enough to stay in a cache until they are decoded, many enough that
/// threads seldom wait for each other's reads.
const READ_AT_ONCE: usize = 1 << 20;

/// Bytes of the header's length.
const HEADER_LENGTH: u64 = 8;

/// Bytes that a header has at most.
const LONGEST_HEADER: u64 = 100_000_000;

/// A safetensors file whose header has been checked against its data.
pub(crate) struct TensorFile {
    label: String,
    path: Option<PathBuf>,
    kind: ErrorKind,
    bytes: StoredBytes,
    data_begin: u64,
    tensors: BTreeMap<String, TensorInfo>,
}

impl TensorFile {
    /// The file at `path`. Unsound content is an error of `kind`.
    pub(crate) fn open(path: &Path, kind: ErrorKind) -> Result<Self> {
        let label = path.display().to_string();
        let failed = |error: io::Error| Error::unreadable(path, error);
        // A device or pipe may never end.
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

    /// The file made of `bytes`; `label` stands for it in errors, which are of `kind`.
    pub(crate) fn parse(label: &str, bytes: Cow<'static, [u8]>, kind: ErrorKind) -> Result<Self> {
        Self::of_bytes(label.to_string(), StoredBytes::Held(bytes), kind)
    }

    fn of_bytes(label: String, bytes: StoredBytes, kind: ErrorKind) -> Result<Self> {
        let beginning =
            beginning(&bytes).map_err(|error| Error::unreadable(Path::new(&label), error))?;
        let metadata = metadata(&beginning, bytes.length()).map_err(|error| {
            let reason = explain(&error, &beginning, bytes.length());
            Error::new(
                kind,
                format!("{label}: not a sound safetensors file: {reason}"),
            )
            .caused_by(error)
        })?;
        let tensors = metadata
            .tensors()
            .into_iter()
            .map(|(name, info)| (name, info.clone()))
            .collect();
        Ok(Self {
            label,
            path: None,
            kind,
            data_begin: beginning.len() as u64,
            bytes,
            tensors,
        })
    }

    /// What the file is called in errors.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// Where it lies, where it is not in memory only.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Removes `prefix` from all names where every one has it; else nothing changes.
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

    /// Names of all tensors, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Dimensions of the tensor `name`.
    pub(crate) fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(|info| info.shape.as_slice())
    }

    /// Number of elements of the tensor `name`.
    pub(crate) fn elements(&self, name: &str) -> usize {
        self.shape(name).map_or(0, |shape| shape.iter().product())
    }

    /// Values of the elements in `range` of the tensor `name` as f32, all of them finite.
    pub(crate) fn values(&self, name: &str, range: Range<usize>) -> Result<Vec<f32>> {
        let Some(info) = self.tensors.get(name) else {
            return Err(self.error(name, "missing"));
        };
        let count = range.len();
        let begin = |size: usize| {
            self.data_begin + info.data_offsets.0 as u64 + (range.start * size) as u64
        };
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

    /// As many numbers of the file as `count` from byte `begin` on, as f32.
    fn decoded<const SIZE: usize>(
        &self,
        begin: u64,
        count: usize,
        decode: impl Fn([u8; SIZE]) -> f32,
    ) -> io::Result<Vec<f32>> {
        let mut values = Vec::with_capacity(count);
        let mut bytes = vec![0; READ_AT_ONCE.min(count * SIZE)];
        while values.len() < count {
            let length = bytes.len().min((count - values.len()) * SIZE);
            let place = begin + (values.len() * SIZE) as u64;
            self.bytes.read(place, &mut bytes[..length])?;
            let (numbers, _) = bytes[..length].as_chunks();
            values.extend(numbers.iter().map(|&number| decode(number)));
        }
        Ok(values)
    }

    /// An error about the tensor `name`.
    pub(crate) fn error(&self, name: &str, what: impl std::fmt::Display) -> Error {
        Error::new(
            self.kind,
            format!("{}: {}: {what}", self.label, printable(name)),
        )
    }
}

/// Text from a file, fit to stand in a line of ours.
pub(crate) fn printable(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(QUOTED)
        .flat_map(|character| {
            // Quotes and letters with marks are harmless; what moves a terminal's cursor is not.
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

/// The length of the header and the header, as far as there is a header of the length that the file states.
fn beginning(bytes: &StoredBytes) -> io::Result<Vec<u8>> {
    let found = bytes.length();
    let mut beginning = vec![0; found.min(HEADER_LENGTH) as usize];
    bytes.read(0, &mut beginning)?;
    let stated = stated(&beginning);
    if let Some(end) = stated.checked_add(HEADER_LENGTH)
        && stated <= LONGEST_HEADER
        && end <= found
    {
        beginning.resize(end as usize, 0);
        bytes.read(0, &mut beginning)?;
    }
    Ok(beginning)
}

/// The length of the header that a file with this `beginning` states.
fn stated(beginning: &[u8]) -> u64 {
    beginning
        .first_chunk()
        .map_or(0, |&length| u64::from_le_bytes(length))
}

/// The header of a file of this `length`, whose [`beginning`] it is.
fn metadata(beginning: &[u8], length: u64) -> std::result::Result<Metadata, SafeTensorError> {
    match SafeTensors::read_metadata(beginning) {
        // Of a sound header it only misses the data, which nobody has read.
        Ok(_) | Err(SafeTensorError::MetadataIncompleteBuffer) => {}
        Err(error) => return Err(error),
    }
    let metadata: Metadata = serde_json::from_slice(&beginning[HEADER_LENGTH as usize..])?;
    match (beginning.len() as u64).checked_add(metadata.data_len() as u64) {
        Some(end) if end == length => Ok(metadata),
        _ => Err(SafeTensorError::MetadataIncompleteBuffer),
    }
}

/// Why the file of this `size` and [`beginning`] cannot be read, with the numbers that the crate's own text leaves
/// out.
fn explain(error: &SafeTensorError, beginning: &[u8], size: u64) -> String {
    let header = stated(beginning);
    match error {
        SafeTensorError::HeaderTooSmall => {
            format!("expected at least 8 bytes, found {size}")
        }
        SafeTensorError::HeaderTooLarge => {
            format!("expected a header of at most {LONGEST_HEADER} bytes, found one of {header}")
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
