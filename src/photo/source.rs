//! Sources of photos.

use std::fmt;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use super::Photo;
use super::budget::Budget;
use super::decode::{self, MEMORY};
use crate::error::{Error, Result};

/// The source of a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Source {
    /// The source that a user names by `path`: a file, or standard input for `-`.
    pub fn named(path: &Path) -> Self {
        match path.as_os_str() == "-" {
            true => Source::Stdin,
            false => Source::File(path.to_path_buf()),
        }
    }

    /// Decodes the photo.
    ///
    /// # Errors
    /// The same as [`Photo::open`].
    pub fn open(&self) -> Result<Photo> {
        decode::decode(self, &Budget::new(MEMORY), Ok).map_err(|error| error.in_context(self))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::File(path) => path.display().fmt(f),
            Source::Stdin => f.write_str("-"),
        }
    }
}

impl Photo {
    /// Decodes the image file at `path` and rotates it by its EXIF data. The format is BMP, GIF (first picture), JPEG,
    /// PNG, PNM, TIFF or WebP, with any extension. The alpha channel is dropped, as by Pillow's `convert("RGB")`. Needs
    /// the feature `photos`.
    ///
    /// ```no_run
    /// let photo = menagerie::Photo::open("cat.jpg")?;
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be read,
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if it is not an image, or if decoding needs more than 1 GiB of
    /// memory.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Source::File(path.as_ref().to_path_buf()).open()
    }

    /// Decodes the bytes of an image file, in the same way as [`Photo::open`]. Needs the feature `photos`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) as [`Photo::open`].
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let named = |error: Error| error.in_context("image");
        decode::image(Cursor::new(bytes), &Budget::new(MEMORY), Ok).map_err(named)
    }
}
