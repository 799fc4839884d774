//! Sources of photos.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{Decoding, Photo};
use crate::error::Result;

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

    /// Decodes the photo, with the defaults of [`Decoding`].
    ///
    /// # Errors
    /// The same as [`Photo::open`].
    pub fn open(&self) -> Result<Photo> {
        Decoding::new().open_source(self)
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
