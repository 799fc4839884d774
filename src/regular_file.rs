//! Opening a file that has an end.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Opens the file at `path`. A device or pipe is refused before it is opened: it may have no end, or wait for ever for
/// something to read.
pub fn open(path: &Path) -> io::Result<File> {
    let found = fs::metadata(path)?;
    let found = match (found.is_file(), found.is_dir()) {
        (true, _) => return File::open(path),
        (_, true) => "a folder",
        _ => "a device or pipe",
    };
    Err(io::Error::other(format!("expected a file, found {found}")))
}
