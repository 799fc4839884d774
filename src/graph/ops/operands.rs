//! Checks of an operation's inputs: their number and their types.

use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Dims, Element, Shape, Type};

/// The types of an operation's inputs. Optional inputs may be `None`.
#[derive(Clone, Copy)]
pub(super) struct Operands<'a>(&'a [Option<&'a Type>]);

impl<'a> Operands<'a> {
    /// Checks that the number of `inputs` is between `required` and `most`.
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

    /// Returns the input at `index`. Messages call it `what`.
    pub(super) fn get(self, index: usize, what: &str) -> Result<&'a Type> {
        let missing = || refused(format!("expected {what}, found nothing"));
        self.optional(index).ok_or_else(missing)
    }

    /// Returns the input at `index`, or `None` if it is absent.
    pub(super) fn optional(self, index: usize) -> Option<&'a Type> {
        self.0.get(index).copied().flatten()
    }

    /// Returns the shape of the input at `index`, an image or a vector. A vector has one pixel.
    pub(super) fn maps(self, index: usize) -> Result<Shape> {
        let found = self.get(index, "an image")?;
        let expected = || refused(format!("expected an image or a vector, found {found}"));
        found.shape().ok_or_else(expected)
    }

    /// Returns the type of the input at `index`, f32 for each image.
    pub(super) fn per_image(self, index: usize) -> Result<&'a Type> {
        let found = self.get(index, "an input")?;
        match found.tensor_shape() {
            Some(_) => Ok(found),
            None => Err(refused(format!(
                "expected f32 for each image, found {found}"
            ))),
        }
    }

    /// Returns the input at `index`, f32 for each image: its type, its channels (axis 1), and the extents of its pixels (the
    /// other axes).
    pub(super) fn pixels(self, index: usize) -> Result<(&'a Type, usize, &'a [usize])> {
        let found = self.per_image(index)?;
        match found.extents() {
            [channels, pixels @ ..] => Ok((found, *channels, pixels)),
            [] => Err(refused(format!("expected channels, found {found}"))),
        }
    }

    /// Returns the shape of the input at `index`, an image.
    pub(super) fn image(self, index: usize) -> Result<Shape> {
        let found = self.get(index, "an image")?;
        match found.shape() {
            Some(shape) if found.dims().rank() == 4 => Ok(shape),
            _ => Err(refused(format!(
                "expected an image, found {}",
                described(found)
            ))),
        }
    }

    /// Returns the dimensions of the parameter at `index`, a tensor of f32 that messages call `what`.
    pub(super) fn parameter(self, index: usize, what: &str) -> Result<&'a Dims> {
        let found = self.get(index, what)?;
        match found.is_per_image() || found.element() != Element::F32 {
            true => Err(refused(format!(
                "expected {what} of f32 that all images share, found {found}"
            ))),
            false => Ok(found.dims()),
        }
    }

    /// Checks that the parameter at `index` is absent or has one value for each of `channels` channels.
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

/// Returns the type `like` with another number of channels.
pub(super) fn with_channels(like: &Type, channels: usize) -> Result<Type> {
    let mut extents = like.extents().to_vec();
    extents[0] = channels;
    like.with_extents(&extents)
}

/// Describes `ty` for messages that must distinguish a vector from an image of one pixel. Listings show both the
/// same way.
pub(super) fn described(ty: &Type) -> String {
    match (ty.shape(), ty.dims().rank()) {
        (Some(shape), 2) => format!("a vector of {}", shape.channels),
        _ => ty.to_string(),
    }
}

pub(super) fn refused(message: String) -> Error {
    Error::new(ErrorKind::Shape, message)
}

/// Returns the product of `factors`, or `u64::MAX` if it overflows.
pub(super) fn product(factors: &[usize]) -> u64 {
    factors.iter().fold(1, |product: u64, &factor| {
        product.saturating_mul(factor as u64)
    })
}
