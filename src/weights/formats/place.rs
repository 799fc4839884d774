//! Where the numbers of a tensor are in a file.

use super::element::Element;

/// The type, shape and place of a tensor. This is all that the rest of the crate needs to know about a format.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) element: Element,
    pub(crate) shape: Vec<usize>,
    /// The distance of neighbours along each dimension, in elements.
    pub(crate) strides: Vec<usize>,
    /// The index of the file among [`Contents::files`](super::Contents::files).
    pub(crate) file: usize,
    /// The position of the first element in the file, in bytes.
    pub(crate) begin: u64,
}

impl Place {
    /// Returns the place of a tensor of the only file, whose elements lie in the order of its dimensions.
    pub(crate) fn contiguous(element: Element, shape: Vec<usize>, begin: u64) -> Self {
        let mut strides = vec![1; shape.len()];
        for axis in (1..shape.len()).rev() {
            // A shape without elements can overflow, and then no stride is used.
            strides[axis - 1] = shape[axis].saturating_mul(strides[axis]);
        }
        Self {
            element,
            shape,
            strides,
            file: 0,
            begin,
        }
    }
}
