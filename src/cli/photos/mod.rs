//! Photos on their way to a network: found, decoded beside the GPU's work, handed over in order.

mod budget;
mod decode;
mod find;
mod stream;

use std::fmt;
use std::path::PathBuf;

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
