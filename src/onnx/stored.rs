//! The initializers of a file: their types, extents and places. Values are read by position.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use prost::bytes::Bytes;

use super::array::{Array, count};
use super::data_type::DataType;
use super::decode;
use super::schema::TensorProto;
use crate::error::{Error, ErrorKind, Result};
use crate::weights::{BEGINNING, StoredBytes, instead_of, printable};

/// The place of an initializer.
#[derive(Clone, Debug)]
pub struct StoredTensor {
    pub ty: DataType,
    pub dims: Vec<usize>,
    /// The index among [`StoredTensors::files`].
    pub file: usize,
    /// The position of the first byte.
    pub begin: u64,
}

/// The initializers of a file by name.
pub struct StoredTensors {
    /// The ONNX file, the files beside it, and tensors that are not stored as bytes.
    pub files: Vec<Arc<StoredBytes>>,
    pub tensors: BTreeMap<String, StoredTensor>,
}

impl StoredTensors {
    /// Finds the data of `initializers`, of the file with the content `bytes` at `path`.
    pub fn new(initializers: Vec<TensorProto>, bytes: &Bytes, path: Option<&Path>) -> Result<Self> {
        let own = match path {
            Some(path) => {
                StoredBytes::open(path).map_err(|error| Error::unreadable(path, error))?
            }
            None => StoredBytes::InMemory(Cow::Owned(bytes.to_vec())),
        };
        let mut reading = Reading {
            bytes,
            folder: path.map(|path| path.parent().unwrap_or(Path::new(""))),
            files: vec![Arc::new(own)],
            external: BTreeMap::new(),
        };
        let mut tensors = BTreeMap::new();
        for initializer in initializers {
            let name = initializer.name.clone();
            let tensor = reading.place(initializer);
            let tensor = tensor.map_err(|error| error.in_context(printable(&name)))?;
            if tensors.insert(name.clone(), tensor).is_some() {
                let message = format!("{}: two initializers have this name", printable(&name));
                return Err(Error::new(ErrorKind::Model, message));
            }
        }
        Ok(Self {
            files: reading.files,
            tensors,
        })
    }

    /// Reads all values of `tensor`.
    pub fn read(&self, tensor: &StoredTensor) -> Result<Array> {
        let length = count(&tensor.dims).unwrap_or(0) * tensor.ty.bytes();
        let mut bytes = vec![0; length];
        let file = &self.files[tensor.file];
        file.read(tensor.begin, &mut bytes).map_err(|error| {
            Error::new(ErrorKind::Io, format!("cannot be read: {error}")).caused_by(error)
        })?;
        Ok(Array {
            ty: tensor.ty,
            dims: tensor.dims.clone(),
            values: decode::numbers(tensor.ty, &bytes),
        })
    }
}

/// Returns the values of a tensor that is an attribute.
pub fn attribute(tensor: &TensorProto) -> Result<Array> {
    let (ty, dims, count) = described(tensor)?;
    if tensor.data_location != 0 {
        return Err(invalid(
            "an attribute with data in another file is not supported",
        ));
    }
    let values = match &tensor.raw_data {
        Some(raw) => {
            check_length(raw.len() as u64, ty, count)?;
            decode::numbers(ty, raw)
        }
        None => decode::numbers(ty, &typed(tensor, ty, count)?),
    };
    Ok(Array { ty, dims, values })
}

struct Reading<'a> {
    bytes: &'a Bytes,
    folder: Option<&'a Path>,
    files: Vec<Arc<StoredBytes>>,
    /// The indices of the files beside the ONNX file.
    external: BTreeMap<String, usize>,
}

impl Reading<'_> {
    fn place(&mut self, tensor: TensorProto) -> Result<StoredTensor> {
        let (ty, dims, count) = described(&tensor)?;
        let (file, begin) = if tensor.data_location != 0 {
            self.external(&tensor, ty, count)?
        } else if let Some(raw) = &tensor.raw_data {
            check_length(raw.len() as u64, ty, count)?;
            // The field shares the memory of the file, so its address gives its position.
            let begin = (raw.as_ptr() as usize).saturating_sub(self.bytes.as_ptr() as usize);
            match count {
                0 => (0, 0),
                _ => (0, begin as u64),
            }
        } else {
            let data = StoredBytes::InMemory(Cow::Owned(typed(&tensor, ty, count)?));
            self.files.push(Arc::new(data));
            (self.files.len() - 1, 0)
        };
        Ok(StoredTensor {
            ty,
            dims,
            file,
            begin,
        })
    }

    /// Returns the place of data in another file, and checks it.
    fn external(
        &mut self,
        tensor: &TensorProto,
        ty: DataType,
        count: usize,
    ) -> Result<(usize, u64)> {
        let entry = |key| {
            let mut entries = tensor.external_data.iter();
            let found = entries.find(|entry| entry.key == key);
            found.map(|entry| entry.value.as_str())
        };
        let Some(location) = entry("location") else {
            return Err(invalid(
                "expected the name of the file with the data, found none",
            ));
        };
        let number = |key, value: Option<&str>| match value.map(str::parse::<u64>) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err(invalid(&format!(
                "expected a number of bytes as {key}, found {}",
                printable(value.unwrap_or_default())
            ))),
        };
        let begin = number("offset", entry("offset"))?.unwrap_or(0);
        let length = number("length", entry("length"))?;
        let file = self.external_file(location)?;
        let needed = (count as u64).saturating_mul(ty.bytes() as u64);
        if let Some(length) = length {
            check_length(length, ty, count)?;
        }
        let found = self.files[file].length();
        match begin.checked_add(needed) {
            Some(end) if end <= found => Ok((file, begin)),
            _ => Err(self.too_short(
                file,
                location,
                &format!("expected {needed} bytes from byte {begin}, found a file of {found}"),
            )),
        }
    }

    /// Returns that `file` at `location` ends too early, or that it is of another kind.
    fn too_short(&self, file: usize, location: &str, what: &str) -> Error {
        let location = printable(location);
        let beginning = self.files[file]
            .read_up_to(0, BEGINNING)
            .unwrap_or_default();
        match instead_of("the data of a model", &beginning) {
            Some(refusal) => refusal.of(&location, ErrorKind::Model),
            None => invalid(&format!("{location}: {what}")),
        }
    }

    /// Opens the file at `location`, relative to the folder of the ONNX file as its path was given. Links are not
    /// resolved, because in caches both files are links to other folders.
    fn external_file(&mut self, location: &str) -> Result<usize> {
        if let Some(&file) = self.external.get(location) {
            return Ok(file);
        }
        let relative = PathBuf::from(location);
        let is_inside = relative
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !is_inside || location.is_empty() || location.contains('\\') {
            return Err(invalid(&format!(
                "expected data in the folder of the model, found {}",
                printable(location)
            )));
        }
        let Some(folder) = self.folder else {
            return Err(invalid(&format!(
                "a model in memory cannot have data in a file, found {}",
                printable(location)
            )));
        };
        let path = folder.join(relative);
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => {
                let (file, location) = (path.display(), printable(location));
                let message = format!(
                    "its data is in another file, and there is no {file}; put {location} beside the model"
                );
                Error::new(ErrorKind::Io, message).caused_by(error)
            }
            _ => Error::unreadable(&path, error),
        };
        let bytes = StoredBytes::open(&path).map_err(unreadable)?;
        self.files.push(Arc::new(bytes));
        let file = self.files.len() - 1;
        self.external.insert(location.to_owned(), file);
        Ok(file)
    }
}

/// Returns type, extents and number of elements of `tensor`.
fn described(tensor: &TensorProto) -> Result<(DataType, Vec<usize>, usize)> {
    let ty = DataType::of_code(tensor.data_type)
        .map_err(|name| invalid(&format!("tensors of {name} are not supported")))?;
    let dims = tensor.dims.iter().map(|&extent| usize::try_from(extent));
    let dims: Option<Vec<usize>> = dims.map(Result::ok).collect();
    let count = dims.as_deref().and_then(count);
    match (dims, count) {
        (Some(dims), Some(count)) if (count as u64) < 1 << 40 => Ok((ty, dims, count)),
        _ => Err(invalid(&format!(
            "expected extents of at most 2^40 elements, found {:?}",
            tensor.dims
        ))),
    }
}

fn check_length(found: u64, ty: DataType, count: usize) -> Result<()> {
    let expected = (count as u64).saturating_mul(ty.bytes() as u64);
    match found == expected {
        true => Ok(()),
        false => Err(invalid(&format!(
            "expected {expected} bytes for {count} elements of {ty}, found {found}"
        ))),
    }
}

/// Returns the bytes of a tensor whose elements are in the field for their type.
fn typed(tensor: &TensorProto, ty: DataType, count: usize) -> Result<Vec<u8>> {
    let bytes: Vec<u8> = match ty {
        DataType::F32 => joined(&tensor.float_data, |value| value.to_le_bytes()),
        DataType::F64 => joined(&tensor.double_data, |value| value.to_le_bytes()),
        DataType::I64 => joined(&tensor.int64_data, |value| value.to_le_bytes()),
        DataType::U64 => joined(&tensor.uint64_data, |value| value.to_le_bytes()),
        DataType::U32 => joined(&tensor.uint64_data, |value| (value as u32).to_le_bytes()),
        DataType::I32 => joined(&tensor.int32_data, |value| value.to_le_bytes()),
        DataType::F16 | DataType::Bf16 | DataType::U16 | DataType::I16 => {
            joined(&tensor.int32_data, |value| (value as u16).to_le_bytes())
        }
        DataType::U8 | DataType::I8 | DataType::Bool => {
            joined(&tensor.int32_data, |value| (value as u8).to_le_bytes())
        }
    };
    let found = bytes.len() / ty.bytes();
    match found == count {
        true => Ok(bytes),
        false => Err(invalid(&format!(
            "expected {count} elements of {ty}, found {found}"
        ))),
    }
}

fn joined<T: Copy, const N: usize>(values: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|&value| bytes(value)).collect()
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::Model, message)
}
