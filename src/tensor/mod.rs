//! Tensors: what their values are, how many there are along each dimension, and those in host memory.

mod dims;
mod element;
mod host;
mod lanes;
mod repetition;
mod shape;
mod tensor_type;

pub use dims::{Dims, MOST_DIMS, MOST_EXTENT};
pub use element::Element;
pub use host::{HostTensor, Values};
pub(crate) use lanes::Lanes;
pub(crate) use repetition::Repetition;
pub use shape::Shape;
pub use tensor_type::Type;

use crate::error::{Error, ErrorKind, Result};

/// A batch of images or feature maps in host memory: f32, NCHW order, no padding.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    batch: usize,
    shape: Shape,
    data: Vec<f32>,
}

impl Tensor {
    /// A tensor of `batch` times `shape` over `data` in NCHW order.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where `data` does not have `batch * shape.elements()` values.
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

    /// A tensor of zeros.
    pub fn zeros(batch: usize, shape: Shape) -> Self {
        Self {
            batch,
            shape,
            data: vec![0.0; batch * shape.elements()],
        }
    }

    /// Number of images.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Shape of each image.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Extents as files have them, the number of images first.
    pub(crate) fn extents(&self) -> Vec<usize> {
        self.shape.extents(self.batch)
    }

    /// All values, NCHW.
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// All values, NCHW, to write to.
    pub fn data_mut(&mut self) -> &mut [f32] {
        &mut self.data
    }

    /// The values of image `index`, CHW.
    ///
    /// # Panics
    /// Where `index` is not below [`Tensor::batch`].
    pub fn image(&self, index: usize) -> &[f32] {
        let elements = self.shape.elements();
        &self.data[index * elements..(index + 1) * elements]
    }

    /// The tensor's values, NCHW, without a copy.
    pub fn into_data(self) -> Vec<f32> {
        self.data
    }
}
