//! From a photo to a network's input: resize, crop, normalise.

use crate::error::Result;
use crate::tensor::Tensor;

/// How the shorter side is brought to size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// Triangle filter, widened when shrinking (antialiased).
    Bilinear,
    /// Cubic filter with a = -0.5, widened when shrinking (antialiased).
    Bicubic,
}

/// The channels that a network sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Red, green, blue.
    Rgb,
    /// Luma, `0.299 r + 0.587 g + 0.114 b`.
    Gray,
}

/// A network's preprocessing, as its authors evaluated it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preprocess {
    /// Length that the shorter side is resized to, in pixels.
    pub resize: usize,
    /// Filter of the resize.
    pub interpolation: Interpolation,
    /// Height and width cut from the middle.
    pub crop: [usize; 2],
    /// Channels of the input.
    pub colour: Colour,
    /// Subtracted from each channel after scaling to 0..1.
    pub mean: [f32; 3],
    /// Each channel is divided by this after the mean is subtracted.
    pub std: [f32; 3],
}

/// A decoded photo: 8-bit sRGB, three bytes a pixel, rows from the top, no padding.
#[derive(Clone, Copy, Debug)]
pub struct Photo<'a> {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `3 * width * height` bytes.
    pub rgb: &'a [u8],
}

impl Preprocess {
    /// torchvision's evaluation of ImageNet classifiers: 256 bilinear, centre 224.
    pub const IMAGENET: Self = Self {
        resize: 256,
        interpolation: Interpolation::Bilinear,
        crop: [224, 224],
        colour: Colour::Rgb,
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
    };

    /// The network's input for `photo`: a batch of one.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) where the photo has no pixels or `rgb` is not `3 * width * height` long.
    pub fn apply(&self, photo: Photo<'_>) -> Result<Tensor> {
        let _ = photo;
        unimplemented!("being written")
    }
}
