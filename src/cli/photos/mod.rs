//! Photos on their way to a network: found, decoded beside the GPU's work, handed over in order.

mod budget;
mod decode;
mod find;
mod stream;

use std::fmt;
use std::path::{Path, PathBuf};

use image::RgbImage;
use menagerie::Result;

use budget::Budget;
pub use find::{Found, find};
pub use stream::Stream;

/// Where a photo comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Source {
    /// What the argument `path` stands for: `-` is standard input.
    pub fn named(path: &Path) -> Self {
        match path.as_os_str() == "-" {
            true => Source::Stdin,
            false => Source::File(path.to_path_buf()),
        }
    }

    /// The photo's pixels.
    ///
    /// # Errors
    /// As [`decode::decode`], with the photo's name in front.
    pub fn read(&self) -> Result<RgbImage> {
        decode::decode(self, &Budget::new(decode::MEMORY), Ok)
            .map_err(|error| error.in_context(self))
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

/// A photo that could not be used, and why.
pub struct Failed {
    /// As it was asked for, or found.
    pub name: String,
    /// What is wrong with it.
    pub error: menagerie::Error,
}
