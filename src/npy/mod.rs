//! Tensors as `.npy` files, NumPy's format. They are written in version 1.0 of `numpy.lib.format`.

mod read;

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use crate::atomic_write::{self, AtomicFile};
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Element, HostTensor, Shape, Tensor};

pub use read::{decode, is_array, read};

/// The first bytes of a file that is written: the name of the format, and its version 1.0.
const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";

/// Values begin at a multiple of this.
const ALIGNMENT: usize = 64;

/// A `.npy` file of `tensor`, in f32, little endian, in C order: `[N, C]` where each image is a vector, else
/// `[N, C, H, W]`.
///
/// ```
/// use menagerie::tensor::Shape;
/// use menagerie::{Tensor, npy};
///
/// let vectors = Tensor::new(2, Shape::vector(3), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// let file = npy::encode(&vectors);
/// assert_eq!(file.len(), 128 + 2 * 3 * 4);
/// # Ok::<(), menagerie::Error>(())
/// ```
pub fn encode(tensor: &Tensor) -> Vec<u8> {
    let described = described(Element::F32, &tensor.extents());
    let mut file = header(&described, described.len());
    file.extend(bytes(tensor));
    file
}

/// A `.npy` file of `array`, with its element type and extents, little endian, in C order.
pub fn encode_array(array: &HostTensor) -> Vec<u8> {
    let described = described(array.element(), array.dims());
    let mut file = header(&described, described.len());
    file.extend(array.to_le_bytes());
    file
}

/// Returns the description of a file with these extents, as a Python literal.
fn described(element: Element, extents: &[usize]) -> String {
    let kind = match element {
        Element::F32 => "<f4",
        Element::F16 => "<f2",
        Element::F64 => "<f8",
        Element::I32 => "<i4",
        Element::I64 => "<i8",
        Element::U8 => "|u1",
        Element::Bool => "|b1",
    };
    let extents: Vec<String> = extents.iter().map(usize::to_string).collect();
    // A tuple of one element ends in a comma.
    let comma = if extents.len() == 1 { "," } else { "" };
    format!(
        "{{'descr': '{kind}', 'fortran_order': False, 'shape': ({}{comma}), }}",
        extents.join(", ")
    )
}

/// Returns the bytes before the values, padded so that a description of `room` bytes fits.
fn header(described: &str, room: usize) -> Vec<u8> {
    let before = MAGIC.len() + size_of::<u16>();
    // The description ends in a line break.
    let length = (before + room + 1).next_multiple_of(ALIGNMENT) - before;
    let mut header = MAGIC.to_vec();
    // The text of four extents is far shorter than 64 KiB.
    header.extend((length as u16).to_le_bytes());
    header.extend(described.as_bytes());
    header.resize(before + length - 1, b' ');
    header.push(b'\n');
    header
}

fn bytes(tensor: &Tensor) -> Vec<u8> {
    let values = tensor.data().iter();
    values.flat_map(|value| value.to_le_bytes()).collect()
}

/// Writes the file of [`encode`] to `path`, atomically.
///
/// # Errors
/// The same as [`atomic_write::write`].
pub fn write(path: &Path, tensor: &Tensor) -> Result<()> {
    atomic_write::write(path, &encode(tensor))
}

/// Writes the file of [`encode_array`] to `path`, atomically.
///
/// # Errors
/// The same as [`atomic_write::write`].
pub fn write_array(path: &Path, array: &HostTensor) -> Result<()> {
    atomic_write::write(path, &encode_array(array))
}

/// Writes a file image by image, in constant memory. The file appears at its path when it is finished.
///
/// ```
/// use menagerie::tensor::Shape;
/// use menagerie::{Tensor, npy};
///
/// let path = std::env::temp_dir().join("menagerie-vectors.npy");
/// let mut file = npy::Writer::create(&path, Shape::vector(2))?;
/// file.append(&Tensor::new(1, Shape::vector(2), vec![1.0, 2.0])?)?;
/// file.append(&Tensor::new(1, Shape::vector(2), vec![3.0, 4.0])?)?;
/// file.finish()?;
/// assert_eq!(std::fs::read(&path)?.len(), 128 + 2 * 2 * 4);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Writer {
    file: AtomicFile,
    shape: Shape,
    images: usize,
}

impl Writer {
    /// Starts a file at `path` for images of `shape`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the folder or file cannot be written.
    pub fn create(path: &Path, shape: Shape) -> Result<Self> {
        let file = AtomicFile::create(path)?;
        let mut writer = Self {
            file,
            shape,
            images: 0,
        };
        writer.write_header()?;
        Ok(writer)
    }

    /// Appends the images of `tensor`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the images have another shape. [`ErrorKind::Io`] if the file cannot be written.
    pub fn append(&mut self, tensor: &Tensor) -> Result<()> {
        let (expected, found) = (self.shape, tensor.shape());
        if expected != found {
            return Err(Error::new(
                ErrorKind::Input,
                format!("expected images of {expected}, found {found}"),
            ));
        }
        self.images += tensor.batch();
        self.file.write(|file| file.write_all(&bytes(tensor)))
    }

    /// Returns the number of images so far.
    pub fn images(&self) -> usize {
        self.images
    }

    /// Moves the file to its path. If the writer is dropped before, nothing is left.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the file cannot be written. An older file is then unchanged.
    pub fn finish(mut self) -> Result<()> {
        self.write_header()?;
        self.file.finish()
    }

    /// Overwrites the header with the present number of images.
    fn write_header(&mut self) -> Result<()> {
        let room = described(Element::F32, &self.shape.extents(usize::MAX)).len();
        let header = header(
            &described(Element::F32, &self.shape.extents(self.images)),
            room,
        );
        self.file.write(|file| {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&header)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Shape;

    #[test]
    fn files_are_those_of_numpy() {
        // What `numpy.save` of NumPy 2.4 writes but for the values, padded to 64 bytes.
        let cases = [
            (Shape::vector(3), "(2, 3)"),
            (Shape::new(3, 1, 2), "(2, 3, 1, 2)"),
            (Shape::vector(123_456), "(2, 123456)"),
        ];
        for (shape, written) in cases {
            let count = 2 * shape.elements();
            let values: Vec<f32> = (0..count).map(|value| value as f32 / 3.0).collect();
            let tensor = Tensor::new(2, shape, values.clone()).unwrap();
            let file = encode(&tensor);
            let header =
                format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {written}, }}");
            assert_eq!(&file[..10], b"\x93NUMPY\x01\x00\x76\x00", "{shape}");
            assert_eq!(file[10..128], *format!("{header:<117}\n").as_bytes());
            let stored = file[128..].as_chunks().0.iter();
            let stored: Vec<f32> = stored.map(|&bytes| f32::from_le_bytes(bytes)).collect();
            assert_eq!(stored, values, "{shape}");
        }
    }

    #[test]
    fn what_is_written_image_by_image_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vectors.npy");
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        for shape in [Shape::vector(3), Shape::new(3, 1, 2)] {
            let tensor = |images| crate::weights::synthetic_input(1, images, shape);
            let mut writer = Writer::create(&path, shape).unwrap();
            writer.append(&tensor(2)).unwrap();
            let error = writer.append(&Tensor::zeros(1, Shape::vector(2)));
            let says = format!("expected images of {shape}, found 2x1x1");
            assert_eq!(error.unwrap_err().to_string(), says);
            writer.append(&tensor(1)).unwrap();
            assert_eq!(writer.images(), 3);
            writer.finish().unwrap();
            let values = [tensor(2).into_data(), tensor(1).into_data()].concat();
            let whole = Tensor::new(3, shape, values).unwrap();
            assert!(std::fs::read(&path).unwrap() == encode(&whole), "{shape}");
            assert_eq!(files(), 1);
        }
        let before = std::fs::read(&path).unwrap();
        drop(Writer::create(&path, Shape::vector(3)).unwrap());
        assert!(std::fs::read(&path).unwrap() == before && files() == 1);
    }
}
