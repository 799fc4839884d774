use std::fmt;

use super::{Dims, Element, Shape};
use crate::error::{Error, ErrorKind, Result};

/// What a value is: elements, extents, and whether the first extent counts images.
///
/// A graph describes one image, so that an extent that counts images is 1 in it; a program is made for any number of
/// them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Type {
    element: Element,
    dims: Dims,
    per_image: bool,
}

impl Type {
    /// A value that there is one of, however many images go through: weights, tables.
    ///
    /// # Errors
    /// As [`Dims::new`].
    pub fn shared(element: Element, extents: &[usize]) -> Result<Self> {
        Ok(Self {
            element,
            dims: Dims::new(extents)?,
            per_image: false,
        })
    }

    /// A value that each image has one of: `extents` without the images, which come first.
    ///
    /// # Errors
    /// As [`Dims::new`], with the images for one of the six dimensions.
    pub fn per_image(element: Element, extents: &[usize]) -> Result<Self> {
        let mut all = vec![1];
        all.extend_from_slice(extents);
        Ok(Self {
            element,
            dims: Dims::new(&all)?,
            per_image: true,
        })
    }

    /// Images of f32, `[images, channels, height, width]`.
    ///
    /// # Errors
    /// As [`Dims::new`].
    pub fn image(shape: Shape) -> Result<Self> {
        let Shape {
            channels,
            height,
            width,
        } = shape;
        Self::per_image(Element::F32, &[channels, height, width])
    }

    /// Feature vectors of f32, `[images, features]`.
    ///
    /// # Errors
    /// As [`Dims::new`].
    pub fn vector(features: usize) -> Result<Self> {
        Self::per_image(Element::F32, &[features])
    }

    /// What the values are.
    pub const fn element(&self) -> Element {
        self.element
    }

    /// The extents. Where the first counts images, it is 1.
    pub const fn dims(&self) -> &Dims {
        &self.dims
    }

    /// Whether the first extent counts images.
    pub const fn is_per_image(&self) -> bool {
        self.per_image
    }

    /// Number of values; of one image, where each has its own.
    pub fn count(&self) -> usize {
        self.dims.count()
    }

    /// The image that this is: of four extents, channels, height and width; of two, a single pixel of so many
    /// channels. None where each image has no such value, or its values are no f32.
    pub fn shape(&self) -> Option<Shape> {
        match (self.element, self.per_image, &self.dims[..]) {
            (Element::F32, true, &[_, channels, height, width]) => {
                Some(Shape::new(channels, height, width))
            }
            (Element::F32, true, &[_, features]) => Some(Shape::vector(features)),
            _ => None,
        }
    }

    /// The same values under other extents, those of an image without the images.
    ///
    /// # Errors
    /// As [`Dims::new`], and [`ErrorKind::Shape`] where they are of another number of values.
    pub fn reshaped(&self, extents: &[usize]) -> Result<Self> {
        let other = match self.per_image {
            true => Self::per_image(self.element, extents)?,
            false => Self::shared(self.element, extents)?,
        };
        if other.count() != self.count() {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("expected {} values, found {other}", self.count()),
            ));
        }
        Ok(other)
    }
}

/// As people write it: images as `64x56x56`, everything else as `f32[64, 3, 7, 7]`, where `N` stands for the images.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(shape) = self.shape() {
            return shape.fmt(f);
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
