//! Tensors: element types, dimensions, tensor types, and tensors in host memory.

mod broadcast;
mod dims;
mod element;
mod finite;
mod host;
mod images;
mod layout;
mod repetition;
mod shape;
mod strided;
mod tensor_type;

pub(crate) use broadcast::Broadcast;
pub use dims::{Dims, EXTENT_LIMIT, MAX_DIMS};
pub use element::Element;
pub(crate) use finite::{first_not_finite, largest_magnitude};
pub use host::{HostTensor, Values};
pub(crate) use images::Images;
pub use layout::Layout;
pub(crate) use repetition::Repetition;
pub use shape::Shape;
pub(crate) use strided::{Strided, dense_strides};
pub use tensor_type::Type;

use crate::error::{Error, ErrorKind, Result};

/// A batch of images or feature maps in host memory: f32, NCHW order, without gaps.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    batch: usize,
    shape: Shape,
    data: Vec<f32>,
}

impl Tensor {
    /// Creates a tensor of `batch` images of `shape` from `data` in NCHW order.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if `batch` is 0, or `data` does not have `batch * shape.elements()` values.
    pub fn new(batch: usize, shape: Shape, data: Vec<f32>) -> Result<Self> {
        if batch == 0 || data.len() != batch * shape.elements() {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "a tensor of {batch} x {shape} needs {} values and at least one image, found {}",
                    batch * shape.elements(),
                    data.len()
                ),
            ));
        }
        Ok(Self { batch, shape, data })
    }

    /// Creates a tensor of zeros.
    pub fn zeros(batch: usize, shape: Shape) -> Self {
        Self {
            batch,
            shape,
            data: vec![0.0; batch * shape.elements()],
        }
    }

    /// Returns the number of images.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Returns the shape of each image.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Returns the extents for files: `[images, channels]` for vectors, otherwise `[images, channels, height,
    /// width]`.
    pub(crate) fn extents(&self) -> Vec<usize> {
        self.shape.extents(self.batch)
    }

    /// Returns all values in NCHW order.
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// Returns all values in NCHW order, mutable.
    pub fn data_mut(&mut self) -> &mut [f32] {
        &mut self.data
    }

    /// Returns the values of image `index` in CHW order.
    ///
    /// # Panics
    /// Panics if `index` is not below [`Tensor::batch`].
    pub fn image(&self, index: usize) -> &[f32] {
        let elements = self.shape.elements();
        &self.data[index * elements..(index + 1) * elements]
    }

    /// Converts the tensor into its values in NCHW order, without a copy.
    pub fn into_data(self) -> Vec<f32> {
        self.data
    }
}
