//! Files of tensors, in any format: names, shapes, and values by range.

use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use half::{bf16, f16};

use super::blocks::{self, Block};
use super::formats::{self, Contents, Element, Place};
use super::printable::printable;
use super::stored_bytes::StoredBytes;
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::first_not_finite;

/// The most bytes to read at once: small enough to stay in a cache until they are decoded, and large enough that
/// threads seldom wait for each other's reads.
const READ_BLOCK: usize = 1 << 20;

/// A file of tensors whose places were checked against the size of the file.
pub(crate) struct TensorFile {
    label: String,
    path: Option<PathBuf>,
    kind: ErrorKind,
    contents: Contents,
}

impl TensorFile {
    /// Opens the file at `path`. Invalid content is an error of `kind`.
    pub(crate) fn open(path: &Path, kind: ErrorKind) -> Result<Self> {
        Ok(Self {
            label: path.display().to_string(),
            path: Some(path.to_path_buf()),
            kind,
            contents: formats::open(path, kind)?,
        })
    }

    /// Parses a file in memory. Messages call it `label`; errors are of `kind`.
    pub(crate) fn parse(label: &str, bytes: Cow<'static, [u8]>, kind: ErrorKind) -> Result<Self> {
        Ok(Self {
            label: label.to_string(),
            path: None,
            kind,
            contents: formats::parse(label, StoredBytes::InMemory(bytes), kind)?,
        })
    }

    /// Creates a file of tensors whose places were checked. Messages call it `label`.
    #[cfg(feature = "onnx")]
    pub(crate) fn of_contents(label: String, path: Option<PathBuf>, contents: Contents) -> Self {
        Self {
            label,
            path,
            kind: ErrorKind::Weights,
            contents,
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

    /// Returns the paths of the files with the values: that of the file, or those that it names.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        let values = self.contents.files.iter().filter_map(|file| file.path());
        self.path().into_iter().chain(values)
    }

    /// Returns the entries of the metadata.
    pub(crate) fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        let entries = self.contents.metadata.iter();
        entries.map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Returns the names of all tensors, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.contents.tensors.keys().map(String::as_str)
    }

    /// Returns the dimensions of the tensor `name`, or `None` if there is none.
    pub(crate) fn shape(&self, name: &str) -> Option<&[usize]> {
        let place = self.contents.tensors.get(name);
        place.map(|place| place.shape.as_slice())
    }

    /// Returns the number of elements of the tensor `name`.
    pub(crate) fn elements(&self, name: &str) -> usize {
        self.shape(name).map_or(0, |shape| shape.iter().product())
    }

    /// Checks that the numbers of the tensor `name` can be parameters. The error says what was expected and found.
    pub(crate) fn check_type(&self, name: &str) -> std::result::Result<(), String> {
        match self.contents.tensors.get(name).map(|place| &place.element) {
            Some(found @ Element::Other(_)) => Err(mistyped(found)),
            _ => Ok(()),
        }
    }

    /// Returns the elements in `range` of the tensor `name` as f32. All of them are finite.
    pub(crate) fn values(&self, name: &str, range: Range<usize>) -> Result<Vec<f32>> {
        let begin = range.start;
        let values = self.any_values(name, range)?;
        match first_not_finite(&values) {
            Some(index) => {
                let (found, index) = (values[index], begin + index);
                let message = format!("expected finite f32 values, found {found} at index {index}");
                Err(self.not_finite(name, message))
            }
            None => Ok(values),
        }
    }

    /// Returns the elements in `range` of the tensor `name` as f32, also those that are NaN or infinite.
    pub(crate) fn any_values(&self, name: &str, range: Range<usize>) -> Result<Vec<f32>> {
        let Some(place) = self.contents.tensors.get(name) else {
            return Err(self.error(name, "missing"));
        };
        let values = match &place.element {
            Element::F32 => self.decoded(place, range, f32::from_le_bytes),
            Element::F64 => self.decoded(place, range, |bytes| f64::from_le_bytes(bytes) as f32),
            Element::F16 => self.decoded(place, range, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Element::BF16 => {
                self.decoded(place, range, |bytes| bf16::from_le_bytes(bytes).to_f32())
            }
            found @ Element::Other(_) => return Err(self.error(name, mistyped(found))),
        };
        values.map_err(|error| Error::unreadable(Path::new(&self.label), error))
    }

    /// Reads the elements in `range` of the tensor at `place`, as f32.
    fn decoded<const SIZE: usize>(
        &self,
        place: &Place,
        range: Range<usize>,
        decode: impl Fn([u8; SIZE]) -> f32,
    ) -> io::Result<Vec<f32>> {
        let file = &self.contents.files[place.file];
        let mut values = vec![0.0; range.len()];
        let mut bytes = vec![0; READ_BLOCK.min(range.len().saturating_mul(SIZE))];
        let mut scattered = Vec::new();
        let mut read = |block: Block| -> io::Result<()> {
            let length = block.span() * SIZE;
            if bytes.len() < length {
                bytes.resize(length, 0);
            }
            file.read(
                place.begin + (block.first * SIZE) as u64,
                &mut bytes[..length],
            )?;
            let (numbers, _) = bytes[..length].as_chunks();
            let decoded = numbers.iter().map(|&number| decode(number));
            if block.is_run() {
                let target = &mut values[block.result..];
                target
                    .iter_mut()
                    .zip(decoded)
                    .for_each(|(value, decoded)| *value = decoded);
            } else {
                scattered.clear();
                scattered.extend(decoded);
                block.copy(&scattered, &mut values);
            }
            Ok(())
        };
        blocks::for_each(
            &place.shape,
            &place.strides,
            range,
            READ_BLOCK / SIZE,
            &mut read,
        )?;
        Ok(values)
    }

    /// Returns an error about a value of the tensor `name` that is not finite.
    pub(crate) fn not_finite(&self, name: &str, what: impl std::fmt::Display) -> Error {
        let kind = match self.kind {
            ErrorKind::Weights => ErrorKind::NotFinite,
            kind => kind,
        };
        Error::new(kind, self.about(name, what))
    }

    /// Returns an error about the tensor `name`.
    pub(crate) fn error(&self, name: &str, what: impl std::fmt::Display) -> Error {
        Error::new(self.kind, self.about(name, what))
    }

    fn about(&self, name: &str, what: impl std::fmt::Display) -> String {
        format!("{}: {}: {what}", self.label, printable(name))
    }
}

fn mistyped(found: &Element) -> String {
    format!("expected F32, F16, BF16 or F64, found {found}")
}
