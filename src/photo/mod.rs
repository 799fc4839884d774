//! Photos: their pixels in host memory, and decoders for image files.
//!
//! [`Photo::new`] makes a [`Photo`] from pixels of any decoder. With the feature `photos`, [`Photo::open`] and
//! [`Photo::decode`] decode image files, [`Decoding`] does so with options, and [`Stream`] decodes many on its own threads.
//! docs/photos.md lists the formats.

#[cfg(feature = "photos")]
mod budget;
#[cfg(feature = "photos")]
mod decode;
#[cfg(feature = "photos")]
mod decoding;
#[cfg(feature = "photos")]
mod end_of_image;
#[cfg(feature = "photos")]
mod find;
#[cfg(all(feature = "photos", not(target_arch = "wasm32")))]
mod in_order;
#[cfg(feature = "photos")]
mod piped;
#[cfg(feature = "photos")]
mod source;
#[cfg(all(feature = "photos", not(target_arch = "wasm32")))]
mod stream;

#[cfg(feature = "photos")]
pub use decode::{FORMATS, Format};
#[cfg(feature = "photos")]
pub use decoding::Decoding;
#[cfg(feature = "photos")]
pub use find::{Found, LeftOut, Subfolders, Unusable, find};
#[cfg(feature = "photos")]
pub use piped::{Piped, PipedImage};
#[cfg(feature = "photos")]
pub use source::Source;
#[cfg(all(feature = "photos", not(target_arch = "wasm32")))]
pub use stream::Stream;

use std::fmt;

use crate::error::{Error, ErrorKind, Result};

/// A decoded photo: 8-bit sRGB, three bytes a pixel, rows from the top, no padding, at least one pixel.
///
/// ```
/// use menagerie::Photo;
///
/// // A red pixel left of a green one.
/// let photo = Photo::new(2, 1, vec![255, 0, 0, 0, 255, 0])?;
/// assert_eq!((photo.width(), photo.height()), (2, 1));
/// assert!(Photo::new(2, 1, vec![255, 0, 0]).is_err());
/// # Ok::<(), menagerie::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Photo {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Photo {
    /// Creates a photo of `width` by `height` pixels from `rgb`: red, green and blue of each pixel.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no pixel, or if `rgb` is not `3 * width * height` bytes long.
    pub fn new(width: usize, height: usize, rgb: impl Into<Vec<u8>>) -> Result<Self> {
        let rgb = rgb.into();
        let pixels = width.checked_mul(height);
        let expected = pixels.and_then(|pixels| pixels.checked_mul(3));
        if expected != Some(rgb.len()) || rgb.is_empty() {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "a photo of {width}x{height} pixels needs three bytes for each and at least one pixel, \
                     found {} bytes",
                    rgb.len()
                ),
            ));
        }
        Ok(Self { width, height, rgb })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Red, green and blue of each pixel: `3 * width * height` bytes.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The bytes of [`Photo::rgb`], without a copy.
    pub fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// The pixels, for drawing.
    pub(crate) fn pixels_mut(&mut self) -> &mut [[u8; 3]] {
        self.rgb.as_chunks_mut().0
    }
}

impl fmt::Debug for Photo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Photo({}x{} pixels)", self.width, self.height)
    }
}
