use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Element, Shape, Tensor, Type};

/// What operations read and make here: a value of f32 for each of some images, or one that they share, outermost extent
/// first.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand<'a> {
    ty: Type,
    images: usize,
    data: Cow<'a, [f32]>,
}

impl<'a> Operand<'a> {
    /// `data` as values of `ty` for so many `images`, of which a shared one has none.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where there are no images, another number of values is needed, or the type is not of f32.
    pub fn new(ty: Type, images: usize, data: impl Into<Cow<'a, [f32]>>) -> Result<Self> {
        let data = data.into();
        let images = if ty.is_per_image() { images } else { 1 };
        let expected = ty.count().checked_mul(images);
        if images == 0 || expected != Some(data.len()) || ty.element() != Element::F32 {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{images} x {ty} needs {} values of f32 and at least one image, found {}",
                    expected.unwrap_or(usize::MAX),
                    data.len()
                ),
            ));
        }
        Ok(Self { ty, images, data })
    }

    /// The images of `tensor`, `[images, channels, height, width]`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where it has no pixels.
    pub fn of_tensor(tensor: &'a Tensor) -> Result<Self> {
        Self::new(Type::image(tensor.shape())?, tensor.batch(), tensor.data())
    }

    /// Its type for one image.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Number of images; 1 for what all images share.
    pub fn images(&self) -> usize {
        self.images
    }

    /// All values.
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// The images as a tensor of them; a single pixel for each, where they are vectors, and of anything else a single
    /// row of its values. What all images share is one image.
    ///
    /// # Errors
    /// None: what an operand holds fits a tensor.
    pub fn into_tensor(self) -> Result<Tensor> {
        let shape = match self.ty.shape() {
            Some(shape) => shape,
            None => Shape::new(1, 1, self.ty.count()),
        };
        Tensor::new(self.images, shape, self.data.into_owned())
    }
}
