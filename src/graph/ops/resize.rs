use std::fmt;

use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::tensor::{Shape, Type};

/// The largest side: a larger one would overflow the 32-bit coordinates of [`Sampling`].
const MAX_SIDE: usize = 1 << 15;

/// Resizing of an image, with the results of PyTorch's `interpolate` (ATen's `UpSample.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resize {
    /// Rows of the result.
    pub height: usize,
    /// Columns of the result.
    pub width: usize,
    /// The interpolation between pixels.
    pub interpolation: Interpolation,
}

/// How the values of a resized image are computed from the pixels around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interpolation {
    /// The pixel at `floor(index * in / out)`.
    Nearest,
    /// The weighted mean of the four nearest pixels.
    Bilinear {
        /// Whether the centres of the corner pixels stay in place. Otherwise the corners of the image do.
        align_corners: bool,
    },
}

/// The sampling positions along an axis of a resized image, in integers, so that all devices compute the same
/// pixels. Value `index` lies `position / divisor` pixels after the centre of the first pixel, where `position` is
/// `index * multiplier + offset`, and at least zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sampling {
    pub multiplier: usize,
    pub offset: isize,
    pub divisor: usize,
}

impl Sampling {
    /// Returns the pixel before value `index`, and the distance from its centre: 0 to 1.
    pub fn source(&self, index: usize) -> (usize, f64) {
        let position = (index * self.multiplier).saturating_add_signed(self.offset);
        let fraction = (position % self.divisor) as f64 / self.divisor as f64;
        (position / self.divisor, fraction)
    }
}

impl Interpolation {
    /// Returns the sampling from an axis of `size` pixels to one of `result` pixels.
    pub(crate) fn sampling(self, size: usize, result: usize) -> Sampling {
        match self {
            Interpolation::Nearest => Sampling {
                multiplier: size,
                offset: 0,
                divisor: result,
            },
            Interpolation::Bilinear {
                align_corners: true,
            } => Sampling {
                multiplier: size - 1,
                offset: 0,
                divisor: (result - 1).max(1),
            },
            // (index + 1/2) * size / result - 1/2
            Interpolation::Bilinear {
                align_corners: false,
            } => Sampling {
                multiplier: 2 * size,
                offset: size as isize - result as isize,
                divisor: 2 * result,
            },
        }
    }
}

impl Resize {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.image(0)?;
        let output = Shape::new(input.channels, self.height, self.width);
        for side in [input.height, input.width, self.height, self.width] {
            if !(1..=MAX_SIDE).contains(&side) {
                return Err(refused(format!(
                    "sides must be between 1 and {MAX_SIDE}, found {input} to {output}"
                )));
            }
        }
        Ok(vec![Type::image(output)?])
    }

    pub(super) fn flops(&self, output: Shape) -> u64 {
        match self.interpolation {
            Interpolation::Nearest => 0,
            // Three interpolations of two values, each with a difference, a product and a sum.
            Interpolation::Bilinear { .. } => product(&[9, output.elements()]),
        }
    }
}

impl fmt::Display for Resize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interpolation = match self.interpolation {
            Interpolation::Nearest => "nearest",
            Interpolation::Bilinear {
                align_corners: false,
            } => "bilinear",
            Interpolation::Bilinear {
                align_corners: true,
            } => "bilinear with aligned corners",
        };
        write!(f, "to {}x{} {interpolation}", self.height, self.width)
    }
}
