//! Reading `.npy` files of numbers (<https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>).

use std::io::Read;
use std::path::Path;

use half::f16;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::regular_file;
use crate::tensor::{Dims, HostTensor, Values};
use crate::weights::printable;

/// The first bytes of every version of the format.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// The largest file: one that a tensor in memory is for.
const MOST_BYTES: u64 = 1 << 34;

/// Reads the `.npy` file at `path`, as `numpy.save` writes it: integers, booleans, and floats of 16, 32 and 64 bits, in C or
/// Fortran order. Integers of 8 and 16 bits but `uint8` become `i32`, unsigned ones of 32 and 64 bits `i64`.
///
/// # Errors
/// [`ErrorKind::Io`] if the file cannot be read. [`ErrorKind::Input`] if it is damaged, or holds something else than numbers;
/// if there are no values or more than eight axes.
pub fn read(path: &Path) -> Result<HostTensor> {
    let unreadable = |error| Error::unreadable(path, error);
    let mut file = regular_file::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let label = path.display().to_string();
    if length > MOST_BYTES {
        let message = format!("{label}: expected at most {MOST_BYTES} bytes, found {length}");
        return Err(Error::new(ErrorKind::Input, message));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    decode(&label, &bytes)
}

/// Reads a `.npy` file in memory. Errors call it `label`.
///
/// ```
/// use menagerie::npy;
/// use menagerie::tensor::{HostTensor, Values};
///
/// let array = HostTensor::new(&[2, 2], vec![1_u8, 2, 3, 4])?;
/// assert_eq!(npy::decode("array", &npy::encode_array(&array))?, array);
/// # Ok::<(), menagerie::Error>(())
/// ```
///
/// # Errors
/// The [`ErrorKind::Input`] errors of [`read`].
pub fn decode(label: &str, bytes: &[u8]) -> Result<HostTensor> {
    parsed(bytes).map_err(|message| Error::new(ErrorKind::Input, format!("{label}: {message}")))
}

/// Returns whether a file that starts with `beginning` is one of NumPy's arrays.
pub fn is_array(beginning: &[u8]) -> bool {
    beginning.starts_with(MAGIC)
}

fn parsed(bytes: &[u8]) -> Result<HostTensor, String> {
    let damaged = || "not a valid .npy file: it ends before its header does".to_owned();
    if !is_array(bytes) {
        return Err("expected a .npy file, found another one".to_owned());
    }
    let rest = &bytes[MAGIC.len()..];
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(damaged)?;
    let (length, rest) = match version[0] {
        1 => {
            let (length, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
            (u16::from_le_bytes(*length).into(), rest)
        }
        2 | 3 => {
            let (length, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
            (u32::from_le_bytes(*length) as usize, rest)
        }
        other => {
            return Err(format!(
                "expected version 1, 2 or 3 of the format, found {other}"
            ));
        }
    };
    let (header, values) = rest.split_at_checked(length).ok_or_else(damaged)?;
    let header = Header::parse(header)?;
    let count = header.dims.count();
    let expected = count.saturating_mul(header.kind.bytes);
    if values.len() != expected {
        return Err(format!(
            "expected {expected} bytes for values of {}, found {}",
            header.dims,
            values.len()
        ));
    }
    header.array(values)
}

/// What a file says about its values.
struct Header {
    kind: Kind,
    is_fortran: bool,
    dims: Dims,
}

/// A type of numbers.
struct Kind {
    name: String,
    bytes: usize,
    is_big_endian: bool,
}

impl Header {
    /// Parses a Python literal such as `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
    fn parse(text: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(text);
        // It becomes JSON: nothing that is supported has these characters inside of a text.
        let json: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect();
        let json = json.replace('\'', "\"").replace('(', "[").replace(')', "]");
        let json = json.replace("False", "false").replace("True", "true");
        let json = json.replace(",]", "]").replace(",}", "}");
        let header: Option<Value> = serde_json::from_str(&json).ok();
        let field = |name: &str| {
            let found = header.as_ref().and_then(|header| header.get(name));
            found.ok_or_else(|| format!("not a valid .npy file: its header has no {name}"))
        };
        let described = field("descr")?.as_str();
        let kind = described.and_then(Kind::parse).ok_or_else(|| {
            let found = described.map_or("several fields".to_owned(), printable);
            format!("expected numbers, found values of {found}")
        })?;
        let extents = field("shape")?.as_array().cloned().unwrap_or_default();
        let extents = extents
            .iter()
            .map(|extent| extent.as_u64().map(|extent| extent as usize));
        let extents: Option<Vec<usize>> = extents.collect();
        let extents = extents.ok_or("not a valid .npy file: its shape is none")?;
        Ok(Self {
            kind,
            is_fortran: field("fortran_order")?.as_bool().unwrap_or(false),
            dims: Dims::new(&extents).map_err(|error| error.to_string())?,
        })
    }

    /// Returns the array with the values in `bytes`.
    fn array(&self, bytes: &[u8]) -> Result<HostTensor, String> {
        let mut bytes = bytes.to_vec();
        if self.is_fortran {
            bytes = self.in_c_order(&bytes);
        }
        if self.kind.is_big_endian {
            bytes.chunks_mut(self.kind.bytes).for_each(<[u8]>::reverse);
        }
        let values = self.kind.values(&bytes)?;
        HostTensor::new(&self.dims, values).map_err(|error| error.to_string())
    }

    /// Returns the values of Fortran's order, where the first index changes fastest, in C's order.
    fn in_c_order(&self, bytes: &[u8]) -> Vec<u8> {
        let size = self.kind.bytes;
        let mut strides = Vec::with_capacity(self.dims.rank());
        let mut stride = 1;
        for &extent in self.dims.iter() {
            strides.push(stride);
            stride *= extent;
        }
        let mut ordered = Vec::with_capacity(bytes.len());
        for index in 0..self.dims.count() {
            let (mut rest, mut place) = (index, 0);
            for (extent, stride) in self.dims.iter().zip(&strides).rev() {
                place += rest % extent * stride;
                rest /= extent;
            }
            ordered.extend(&bytes[place * size..(place + 1) * size]);
        }
        ordered
    }
}

impl Kind {
    /// Parses a type such as `<f4`: the order of bytes, the kind of number, and its bytes.
    fn parse(text: &str) -> Option<Self> {
        let order = text.chars().next()?;
        let name = text.strip_prefix(['<', '>', '|', '=']).unwrap_or(text);
        let bytes = match name {
            "b1" | "i1" | "u1" => 1,
            "f2" | "i2" | "u2" => 2,
            "f4" | "i4" | "u4" => 4,
            "f8" | "i8" | "u8" => 8,
            _ => return None,
        };
        Some(Self {
            name: name.to_owned(),
            bytes,
            is_big_endian: order == '>',
        })
    }

    /// Returns the numbers in `bytes`, little-endian.
    fn values(&self, bytes: &[u8]) -> Result<Values, String> {
        macro_rules! numbers {
            ($number:ty, $wider:ty) => {{
                let (numbers, _) = bytes.as_chunks();
                let numbers = numbers.iter().map(|&bytes| <$number>::from_le_bytes(bytes));
                Values::from(numbers.map(<$wider>::from).collect::<Vec<$wider>>())
            }};
        }
        Ok(match self.name.as_str() {
            "f2" => numbers!(f16, f16),
            "f4" => numbers!(f32, f32),
            "f8" => numbers!(f64, f64),
            "i1" => numbers!(i8, i32),
            "i2" => numbers!(i16, i32),
            "u2" => numbers!(u16, i32),
            "i4" => numbers!(i32, i32),
            "u4" => numbers!(u32, i64),
            "i8" => numbers!(i64, i64),
            "u8" => {
                let (numbers, _) = bytes.as_chunks();
                let numbers = numbers.iter().map(|&bytes| {
                    let number = u64::from_le_bytes(bytes);
                    i64::try_from(number).map_err(|_| format!("{number} is too large"))
                });
                Values::from(numbers.collect::<Result<Vec<i64>, _>>()?)
            }
            "b1" => Values::from(bytes.iter().map(|&byte| byte != 0).collect::<Vec<bool>>()),
            _ => Values::from(bytes.to_vec()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with this header.
    fn file(header: &str, values: &[u8]) -> Vec<u8> {
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        [MAGIC, &[1, 0], &length, header.as_bytes(), values].concat()
    }

    #[test]
    fn numbers_of_every_kind_are_read() {
        // The bytes are those of `numpy.array([[1, 2, 3], [4, 5, 6]], dtype)`.
        let one_to_six =
            |values: &dyn Fn(u8) -> Vec<u8>| (1..=6).flat_map(values).collect::<Vec<u8>>();
        let expected: Vec<f64> = (1..=6).map(f64::from).collect();
        for (kind, bytes) in [
            ("|u1", one_to_six(&|n| vec![n])),
            ("|i1", one_to_six(&|n| vec![n])),
            ("<i2", one_to_six(&|n| vec![n, 0])),
            (">i2", one_to_six(&|n| vec![0, n])),
            ("<u2", one_to_six(&|n| vec![n, 0])),
            ("<i4", one_to_six(&|n| i32::from(n).to_le_bytes().to_vec())),
            ("<u4", one_to_six(&|n| u32::from(n).to_le_bytes().to_vec())),
            ("<i8", one_to_six(&|n| i64::from(n).to_le_bytes().to_vec())),
            (">u8", one_to_six(&|n| u64::from(n).to_be_bytes().to_vec())),
            ("<f2", one_to_six(&|n| f16::from(n).to_le_bytes().to_vec())),
            ("<f4", one_to_six(&|n| f32::from(n).to_le_bytes().to_vec())),
            (">f8", one_to_six(&|n| f64::from(n).to_be_bytes().to_vec())),
        ] {
            let header =
                format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': (2, 3), }}\n");
            let array = decode("x", &file(&header, &bytes)).unwrap();
            assert_eq!(array.dims()[..], [2, 3], "{kind}");
            let found: Vec<f64> = (0..6).map(|index| array.value(index)).collect();
            assert_eq!(found, expected, "{kind}");
        }
        // `numpy.asfortranarray` of the same.
        let header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n";
        let array = decode("x", &file(header, &[1, 4, 2, 5, 3, 6])).unwrap();
        assert_eq!(array.values(), &Values::U8(vec![1, 2, 3, 4, 5, 6]));
        let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }\n";
        let array = decode("x", &file(header, &[0, 1])).unwrap();
        assert_eq!(array.values(), &Values::Bool(vec![false, true]));
    }

    #[test]
    fn what_is_no_array_of_numbers_is_told() {
        let header = |kind: &str, shape: &str| {
            format!("{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}\n")
        };
        for (bytes, says) in [
            (b"PK".to_vec(), "x: expected a .npy file, found another one"),
            (
                MAGIC.to_vec(),
                "x: not a valid .npy file: it ends before its header does",
            ),
            (
                file(&header("'<U5'", "(2,)"), &[]),
                "x: expected numbers, found values of <U5",
            ),
            (
                file(&header("'<f4'", "(2,)"), &[0; 7]),
                "x: expected 8 bytes for values of [2], found 7",
            ),
            (
                file(&header("'<f4'", "(0,)"), &[]),
                "x: expected dimensions from 1 to below 2^31, found [0]",
            ),
            (
                file("{'descr': '<f4'}", &[]),
                "x: not a valid .npy file: its header has no shape",
            ),
        ] {
            assert_eq!(decode("x", &bytes).unwrap_err().to_string(), says);
        }
    }
}
