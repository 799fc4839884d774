//! What an operation is given, checked for number and kind.

use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Dims, Element, Shape, Type};

/// The types of an operation's inputs, of which some may be left out.
#[derive(Clone, Copy)]
pub(super) struct Operands<'a>(&'a [Option<&'a Type>]);

impl<'a> Operands<'a> {
    /// The `inputs` of an operation that needs `required` of them and knows what to do with `most`.
    pub(super) fn new(
        inputs: &'a [Option<&'a Type>],
        required: usize,
        most: usize,
    ) -> Result<Self> {
        let found = inputs.len();
        if found < required || found > most {
            let expected = match (required, most) {
                (1, 1) => "1 input".to_owned(),
                (least, most) if least == most => format!("{least} inputs"),
                (1, usize::MAX) => "at least 1 input".to_owned(),
                (least, most) => format!("{least} to {most} inputs"),
            };
            return Err(refused(format!("expected {expected}, found {found}")));
        }
        Ok(Self(inputs))
    }

    /// The input at `index`, which is `what`.
    pub(super) fn get(self, index: usize, what: &str) -> Result<&'a Type> {
        let missing = || refused(format!("expected {what}, found nothing"));
        self.optional(index).ok_or_else(missing)
    }

    /// The input at `index`, where there is one.
    pub(super) fn optional(self, index: usize) -> Option<&'a Type> {
        self.0.get(index).copied().flatten()
    }

    /// The input at `index` as maps of each image, or a vector, which is one pixel.
    pub(super) fn maps(self, index: usize) -> Result<Shape> {
        let found = self.get(index, "an image")?;
        let expected = || refused(format!("expected an image or a vector, found {found}"));
        found.shape().ok_or_else(expected)
    }

    /// The input at `index` as an image: channels, height and width.
    pub(super) fn image(self, index: usize) -> Result<Shape> {
        let found = self.get(index, "an image")?;
        match found.shape() {
            Some(shape) if found.dims().rank() == 4 => Ok(shape),
            _ => Err(refused(format!("expected an image, found {}", told(found)))),
        }
    }

    /// The dimensions of the parameter at `index`, which is `what` and of f32.
    pub(super) fn parameter(self, index: usize, what: &str) -> Result<&'a Dims> {
        let found = self.get(index, what)?;
        match found.is_per_image() || found.element() != Element::F32 {
            true => Err(refused(format!(
                "expected {what} of f32 that all images share, found {found}"
            ))),
            false => Ok(found.dims()),
        }
    }

    /// Checks that the parameter at `index`, where there is one, has a value for each of so many channels.
    pub(super) fn vector(self, index: usize, what: &str, channels: usize) -> Result<()> {
        if self.optional(index).is_none() {
            return Ok(());
        }
        let found = self.parameter(index, what)?;
        match found[..] == [channels] {
            true => Ok(()),
            false => Err(refused(format!(
                "expected {what} of [{channels}], found {found}"
            ))),
        }
    }
}

/// `shape` as maps where `like` are, as a vector where that is one.
pub(super) fn like(like: &Type, shape: Shape) -> Result<Vec<Type>> {
    Ok(vec![match like.dims().rank() {
        2 if shape.is_vector() => Type::vector(shape.channels)?,
        _ => Type::image(shape)?,
    }])
}

/// `ty` as messages tell it where it matters that a vector is no image of a single pixel, which listings show alike.
pub(super) fn told(ty: &Type) -> String {
    match (ty.shape(), ty.dims().rank()) {
        (Some(shape), 2) => format!("a vector of {}", shape.channels),
        _ => ty.to_string(),
    }
}

pub(super) fn refused(message: String) -> Error {
    Error::new(ErrorKind::Shape, message)
}

/// `a * b * c`, or the most that fits.
pub(super) fn product(factors: &[usize]) -> u64 {
    factors.iter().fold(1, |product: u64, &factor| {
        product.saturating_mul(factor as u64)
    })
}
