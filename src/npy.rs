//! Writing tensors as `.npy` files for `numpy.load`, in format version 1.0 of `numpy.lib.format`.

use std::path::Path;

use crate::atomic_write;
use crate::error::Result;
use crate::tensor::Tensor;

/// The first bytes of a file: the name of the format, and its version 1.0.
const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";

/// Values begin at a multiple of this.
const ALIGNMENT: usize = 64;

/// Encodes `tensor` as a `.npy` file in f32, little endian, C order. The shape is `[N, C]` if each image is a vector,
/// and otherwise `[N, C, H, W]`.
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
    let extents: Vec<String> = tensor.extents().iter().map(usize::to_string).collect();
    let mut header = format!(
        "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}",
        extents.join(", ")
    );
    let before = MAGIC.len() + size_of::<u16>();
    // The header ends in a line break.
    let length = (before + header.len() + 1).next_multiple_of(ALIGNMENT) - before;
    header.extend(std::iter::repeat_n(' ', length - header.len() - 1));
    header.push('\n');

    let mut file = MAGIC.to_vec();
    // The text of four extents is far shorter than 64 KiB.
    file.extend((length as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(tensor.data().iter().flat_map(|value| value.to_le_bytes()));
    file
}

/// Writes the file of [`encode`] to `path`, atomically.
///
/// # Errors
/// As [`atomic_write::write`].
pub fn write(path: &Path, tensor: &Tensor) -> Result<()> {
    atomic_write::write(path, &encode(tensor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Shape;

    #[test]
    fn files_are_those_of_numpy() {
        // What `numpy.save` of NumPy 2.4 writes before the values, padded to 64 bytes.
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
}
