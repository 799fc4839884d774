//! Safetensors files: the length of a JSON header in 8 bytes, the header, the tensors
//! (<https://huggingface.co/docs/safetensors>). The `safetensors` crate holds the header to the
//! format's rules: a size limit, and offsets that cover the data once without a gap.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorInfo};

use crate::error::{Error, ErrorKind, Result};

/// Longest piece of a file's own text that an error repeats, in characters.
const QUOTED: usize = 120;

/// A safetensors file whose header has been checked against its data.
pub(crate) struct TensorFile {
    label: String,
    kind: ErrorKind,
    /// The whole file. A memory map would be a third way to own it, and nothing else would change.
    bytes: Cow<'static, [u8]>,
    data_begin: usize,
    tensors: BTreeMap<String, TensorInfo>,
}

impl TensorFile {
    /// The file at `path`. Unsound content is an error of `kind`.
    pub(crate) fn open(path: &Path, kind: ErrorKind) -> Result<Self> {
        let label = path.display().to_string();
        let failed = |error: std::io::Error| Error::unreadable(path, error);
        // A device or pipe may never end.
        if !fs::metadata(path).map_err(failed)?.is_file() {
            return Err(Error::new(
                ErrorKind::Io,
                format!("{label}: expected a file, found a folder or device"),
            ));
        }
        let bytes = fs::read(path).map_err(failed)?;
        Self::parse(&label, bytes.into(), kind)
    }

    /// The file made of `bytes`; `label` stands for it in errors, which are of `kind`.
    pub(crate) fn parse(label: &str, bytes: Cow<'static, [u8]>, kind: ErrorKind) -> Result<Self> {
        let (header, metadata) = SafeTensors::read_metadata(&bytes).map_err(|error| {
            let reason = explain(&error, &bytes);
            Error::new(
                kind,
                format!("{label}: not a sound safetensors file: {reason}"),
            )
        })?;
        let tensors = metadata
            .tensors()
            .into_iter()
            .map(|(name, info)| (name, info.clone()))
            .collect();
        Ok(Self {
            label: label.to_string(),
            kind,
            data_begin: size_of::<u64>() + header,
            bytes,
            tensors,
        })
    }

    /// What the file is called in errors.
    pub(crate) fn label(&self) -> &str {
        &self.label
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
        let (begin, end) = info.data_offsets;
        let size = (end - begin) / self.elements(name).max(1);
        let begin = self.data_begin + begin;
        let data = self
            .bytes
            .get(begin + range.start * size..begin + range.end * size);
        let Some(values) = data.and_then(|data| decode(info.dtype, data)) else {
            let found = info.dtype;
            return Err(self.error(
                name,
                format!("expected F32, F16, BF16 or F64, found {found}"),
            ));
        };
        match values.iter().position(|value| !value.is_finite()) {
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

/// The values of a tensor of floats.
fn decode(dtype: Dtype, data: &[u8]) -> Option<Vec<f32>> {
    Some(match dtype {
        Dtype::F32 => numbers(data, f32::from_le_bytes),
        Dtype::F64 => numbers(data, |bytes| f64::from_le_bytes(bytes) as f32),
        Dtype::F16 => numbers(data, f16::from_le_bytes).to_f32_vec(),
        Dtype::BF16 => numbers(data, bf16::from_le_bytes).to_f32_vec(),
        _ => return None,
    })
}

/// The little-endian numbers of `N` bytes each in `data`, which need not be aligned.
fn numbers<const N: usize, T>(data: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    data.as_chunks()
        .0
        .iter()
        .map(|&bytes| read(bytes))
        .collect()
}

/// Why the file of `bytes` cannot be read, with the numbers that the crate's own text leaves out.
fn explain(error: &SafeTensorError, bytes: &[u8]) -> String {
    let size = bytes.len();
    let header = bytes
        .first_chunk()
        .map_or(0, |&length| u64::from_le_bytes(length));
    match error {
        SafeTensorError::HeaderTooSmall => {
            format!("expected at least 8 bytes, found {size}")
        }
        SafeTensorError::HeaderTooLarge => {
            format!("expected a header of at most 100000000 bytes, found one of {header}")
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
