use std::fmt;

use super::{Dims, Element, Layout, Shape};
use crate::error::{Error, ErrorKind, Result};

/// The type of a value: element type, extents, and whether the first extent is the batch.
///
/// A graph describes one image, so the batch extent is 1 in a graph. A program is planned for any batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Type {
    element: Element,
    dims: Dims,
    per_image: bool,
}

impl Type {
    /// Returns the type of a value that all images share, such as a weight or a table.
    ///
    /// # Errors
    /// The same as [`Dims::new`].
    pub fn shared(element: Element, extents: &[usize]) -> Result<Self> {
        Ok(Self {
            element,
            dims: Dims::new(extents)?,
            per_image: false,
        })
    }

    /// Returns the type of a value that exists once per image. `extents` do not include the batch, which comes
    /// first.
    ///
    /// # Errors
    /// The same as [`Dims::new`]. The batch counts as one of the eight dimensions.
    pub fn per_image(element: Element, extents: &[usize]) -> Result<Self> {
        let mut all = vec![1];
        all.extend_from_slice(extents);
        Ok(Self {
            element,
            dims: Dims::new(&all)?,
            per_image: true,
        })
    }

    /// Returns the type of images of f32, `[images, channels, height, width]`.
    ///
    /// # Errors
    /// The same as [`Dims::new`].
    pub fn image(shape: Shape) -> Result<Self> {
        let Shape {
            channels,
            height,
            width,
        } = shape;
        Self::per_image(Element::F32, &[channels, height, width])
    }

    /// Returns the type of feature vectors of f32, `[images, features]`.
    ///
    /// # Errors
    /// The same as [`Dims::new`].
    pub fn vector(features: usize) -> Result<Self> {
        Self::per_image(Element::F32, &[features])
    }

    /// Returns the element type.
    pub const fn element(&self) -> Element {
        self.element
    }

    /// Returns the extents. If the first is the batch, it is 1.
    pub const fn dims(&self) -> &Dims {
        &self.dims
    }

    /// Returns the extents without the batch.
    pub fn extents(&self) -> &[usize] {
        &self.dims[usize::from(self.per_image)..]
    }

    /// Returns whether the first extent is the batch.
    pub const fn is_per_image(&self) -> bool {
        self.per_image
    }

    /// Returns the number of values, for one image if the value exists once per image.
    pub fn count(&self) -> usize {
        self.dims.count()
    }

    /// Returns the shape if this is an image or a vector of f32, otherwise `None`. A per-image type of four extents
    /// is an image; one of two extents is a vector, which has one pixel; one of one extent is a number, a vector of one.
    pub fn shape(&self) -> Option<Shape> {
        match (self.element, self.per_image, &self.dims[..]) {
            (Element::F32, true, &[_, channels, height, width]) => {
                Some(Shape::new(channels, height, width))
            }
            (Element::F32, true, &[_, features]) => Some(Shape::vector(features)),
            (Element::F32, true, &[_]) => Some(Shape::vector(1)),
            _ => None,
        }
    }

    /// Returns the shape of one image in a [`Tensor`](super::Tensor), or `None` if this is not f32 for each image. Axis 1
    /// is the channels, the last axis behind it the width, and the axes between them the height.
    pub fn tensor_shape(&self) -> Option<Shape> {
        let is_tensor = self.element == Element::F32 && self.per_image;
        is_tensor.then(|| Layout::channels_last(self.dims.rank()).shape(&self.dims))
    }

    /// Returns the type with other extents, without the batch.
    ///
    /// # Errors
    /// The same as [`Dims::new`].
    pub fn with_extents(&self, extents: &[usize]) -> Result<Self> {
        match self.per_image {
            true => Self::per_image(self.element, extents),
            false => Self::shared(self.element, extents),
        }
    }

    /// Returns the type of the same values with other extents, without the batch.
    ///
    /// # Errors
    /// The same as [`Dims::new`], and [`ErrorKind::Shape`] if the number of values changes.
    pub fn reshaped(&self, extents: &[usize]) -> Result<Self> {
        let other = self.with_extents(extents)?;
        if other.count() != self.count() {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("expected {} values, found {other}", self.count()),
            ));
        }
        Ok(other)
    }
}

/// Writes images as `64x56x56` and other types as `f32[64, 3, 7, 7]`, where `N` stands for the batch.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shape() {
            Some(shape) if self.dims.rank() > 1 => return shape.fmt(f),
            _ => {}
        }
        if !self.per_image {
            return write!(f, "{}{}", self.element, self.dims);
        }
        write!(f, "{}[N", self.element)?;
        for extent in &self.dims[1..] {
            write!(f, ", {extent}")?;
        }
        f.write_str("]")
    }
}
