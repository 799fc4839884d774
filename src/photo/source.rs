//! Where photos come from.

use std::fmt;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use super::Photo;
use super::budget::Budget;
use super::decode::{self, MEMORY};
use crate::error::{Error, Result};

/// Where a photo comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Source {
    /// What `path` stands for where users name photos: `-` is standard input.
    pub fn named(path: &Path) -> Self {
        match path.as_os_str() == "-" {
            true => Source::Stdin,
            false => Source::File(path.to_path_buf()),
        }
    }

    /// The photo.
    ///
    /// # Errors
    /// As [`Photo::open`].
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
    /// The photo in the file at `path`, turned as its EXIF data says: BMP, GIF (its first picture), JPEG, PNG, PNM,
    /// TIFF or WebP, whatever its name ends in. Transparency is dropped and the colour under it stays, as Pillow's
    /// `convert("RGB")` does. Needs the feature `photos`.
    ///
    /// ```no_run
    /// let photo = menagerie::Photo::open("cat.jpg")?;
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) where it cannot be read, [`ErrorKind::Input`](crate::ErrorKind::Input)
    /// where it is no image, or decoding it would take more than 1 GiB of memory.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Source::File(path.as_ref().to_path_buf()).open()
    }

    /// The photo that the bytes of an image file hold, as [`Photo::open`] reads it. Needs the feature `photos`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) as [`Photo::open`].
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let named = |error: Error| error.in_context("image");
        decode::image(Cursor::new(bytes), &Budget::new(MEMORY), Ok).map_err(named)
    }
}
