//! Reading a text file as a whole. A device or pipe may have no end, so the length is limited.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::{Error, Result};

/// The most bytes of a text file: labels of a few million photos.
const LONGEST: u64 = 256 << 20;

/// Reads the text of the file at `path`.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be read, is not UTF-8, or is longer than 256 MiB.
pub fn read(path: &Path) -> Result<String> {
    text(path).map_err(|error| Error::unreadable(path, error))
}

/// Reads the text of the file at `path`.
pub(crate) fn text(path: &Path) -> io::Result<String> {
    String::from_utf8(bytes(path)?)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
}

/// Reads the bytes of the file at `path`.
pub(crate) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LONGEST {
        true => Err(io::Error::other(format!(
            "longer than {} MiB, the limit",
            LONGEST >> 20
        ))),
        false => Ok(bytes),
    }
}
