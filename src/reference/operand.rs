use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Element, Shape, Tensor, Type};

/// An input or a result of an operation: f32 values for a number of images, or one value that all images share,
/// outermost extent first.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand<'a> {
    ty: Type,
    images: usize,
    data: Cow<'a, [f32]>,
}

impl<'a> Operand<'a> {
    /// Creates an operand of type `ty` with values for `images` images. If `ty` is shared, `images` is ignored.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there are no images, the number of values is wrong, or the type is not f32.
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

    /// Creates an operand from the images of `tensor`, `[images, channels, height, width]`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if an extent is 0.
    pub fn of_tensor(tensor: &'a Tensor) -> Result<Self> {
        Self::new(Type::image(tensor.shape())?, tensor.batch(), tensor.data())
    }

    /// Returns the type for one image.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Returns the number of images, or 1 if all images share the value.
    pub fn images(&self) -> usize {
        self.images
    }

    /// Returns all values.
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// Converts the operand into a tensor of [`Type::tensor_shape`]. A value that all images share becomes one image of one
    /// row.
    ///
    /// # Errors
    /// None for a valid operand.
    pub fn into_tensor(self) -> Result<Tensor> {
        let one_row = Shape::new(1, 1, self.ty.count());
        let shape = self.ty.tensor_shape().unwrap_or(one_row);
        Tensor::new(self.images, shape, self.data.into_owned())
    }
}
