//! How image files are decoded.

use std::io::Cursor;
use std::path::Path;

use super::budget::Budget;
use super::decode::{self, MEMORY};
use super::{Photo, Source};
use crate::error::{Error, ErrorKind, Result};

/// The most memory for each of the pixels that are allowed. Four floats of 32 bits need less.
const BYTES_PER_PIXEL: u64 = 32;

/// The options of decoding image files. The defaults are those of [`Photo::open`].
///
/// ```no_run
/// use menagerie::photo::Decoding;
///
/// // The pixels as they are stored, of a photo of at most 20 megapixels.
/// let decoding = Decoding::new().profile(false).orientation(false).max_pixels(20_000_000);
/// let photo = decoding.open("cat.jpg")?;
/// # Ok::<(), menagerie::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoding {
    profile: bool,
    orientation: bool,
    max_pixels: u64,
}

impl Default for Decoding {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoding {
    /// The default of [`Decoding::max_pixels`].
    pub const MAX_PIXELS: u64 = 100_000_000;

    /// The defaults.
    pub const fn new() -> Self {
        Self {
            profile: true,
            orientation: true,
            max_pixels: Self::MAX_PIXELS,
        }
    }

    /// Whether colours are converted to sRGB by the ICC profile in the file. Otherwise, the stored numbers are used.
    pub const fn profile(self, profile: bool) -> Self {
        Self { profile, ..self }
    }

    /// Whether photos are turned upright by their EXIF data, or by the orientation of a TIFF image.
    pub const fn orientation(self, orientation: bool) -> Self {
        Self {
            orientation,
            ..self
        }
    }

    /// The most pixels of a photo. It limits the memory for one, because a small file can decode to a huge image: to 32
    /// bytes for each of so many pixels, in addition to the file and 64 MiB. Usual photos need 7 bytes a pixel.
    pub const fn max_pixels(self, max_pixels: u64) -> Self {
        Self { max_pixels, ..self }
    }

    /// Decodes the image file at `path`.
    ///
    /// # Errors
    /// The same as [`Photo::open`].
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Photo> {
        self.open_source(&Source::File(path.as_ref().to_path_buf()))
    }

    /// Decodes the photo of `source`.
    ///
    /// # Errors
    /// The same as [`Photo::open`].
    pub fn open_source(&self, source: &Source) -> Result<Photo> {
        decode::decode(source, self, &Budget::new(MEMORY), Ok)
            .map_err(|error| error.in_context(source))
    }

    /// Decodes the bytes of an image file.
    ///
    /// # Errors
    /// The same as [`Photo::open`], without [`ErrorKind::Io`].
    pub fn decode(&self, bytes: &[u8]) -> Result<Photo> {
        let budget = Budget::new(MEMORY);
        let photo = decode::photo(Box::new(Cursor::new(bytes)), self, &budget);
        photo
            .map(|(photo, _loan)| photo)
            .map_err(|error| error.in_context("image"))
    }

    pub(super) fn uses_profile(&self) -> bool {
        self.profile
    }

    pub(super) fn uses_orientation(&self) -> bool {
        self.orientation
    }

    /// Checks a photo of width and height `size` whose decoding needs `memory` bytes.
    pub(super) fn check(&self, [width, height]: [u32; 2], memory: u64) -> Result<()> {
        let pixels = u64::from(width) * u64::from(height);
        let most = self.max_pixels.saturating_mul(BYTES_PER_PIXEL);
        let why = if pixels > self.max_pixels {
            let [found, limit] = [pixels, self.max_pixels].map(|pixels| pixels as f64 / 1e6);
            format!("are {found} megapixels, and the limit is {limit}")
        } else if memory > most {
            let [found, limit] = [memory, most].map(|bytes| bytes.div_ceil(1 << 20));
            format!("need {found} MiB to decode, and the limit is {limit} MiB")
        } else {
            return Ok(());
        };
        let message = format!("{width}x{height} pixels {why}");
        Err(Error::new(ErrorKind::TooManyPixels, message))
    }
}

impl Photo {
    /// Decodes the image file at `path`, with the defaults of [`Decoding`]. The format is one of
    /// [`FORMATS`](super::FORMATS), with any extension. Of several frames, it decodes the first. Colours are converted to
    /// sRGB, and the photo is turned upright. The alpha channel is dropped, as by Pillow's `convert("RGB")`. Needs the
    /// feature `photos`.
    ///
    /// ```no_run
    /// let photo = menagerie::Photo::open("cat.jpg")?;
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the file cannot be read, [`ErrorKind::Input`] if it is not an image or lacks some of its
    /// rows, [`ErrorKind::TooManyPixels`] if it has more than [`Decoding::MAX_PIXELS`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Decoding::new().open(path)
    }

    /// Decodes the bytes of an image file, in the same way as [`Photo::open`]. Needs the feature `photos`.
    ///
    /// # Errors
    /// The same as [`Photo::open`], without [`ErrorKind::Io`].
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        Decoding::new().decode(bytes)
    }
}
