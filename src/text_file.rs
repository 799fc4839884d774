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
    let unreadable = |error| Error::unreadable(path, error);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        let limit = format!("longer than {} MiB, the limit", LONGEST >> 20);
        return Err(Error::unreadable(path, limit));
    }
    String::from_utf8(bytes).map_err(|error| {
        let error = io::Error::new(io::ErrorKind::InvalidData, error.utf8_error());
        Error::unreadable(path, error)
    })
}
