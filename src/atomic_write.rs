//! Writing a file atomically: a reader finds the complete new file or the old one, never a part.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::error::{Error, Result};

/// Writes `bytes` to the file at `path`. It writes a temporary file in the same folder, and renames it. A device or pipe
/// is written directly.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the folder or file cannot be written. An older file at `path` is then
/// unchanged.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes).map_err(|error| Error::unwritable(path, error))
}

/// Checks that a file can be written to `path`, before there is anything to write. A program calls it before long work,
/// so that a mistyped path is reported at once.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the folder of `path` does not exist, or `path` is a folder.
pub fn check(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(Error::unwritable(path, "it is a folder"));
    }
    match path.parent() {
        Some(folder) if folder != Path::new("") && !folder.is_dir() => {
            let why = format!("there is no folder {}", folder.display());
            Err(Error::unwritable(path, why))
        }
        _ => Ok(()),
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Replace the target of a link, not the link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
        return File::options().write(true).open(&path)?.write_all(bytes);
    }
    let (temporary, mut file) = create_sibling(&path)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        // Only the first error is reported.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Creates a new file with an unused name in the folder of `path`.
fn create_sibling(path: &Path) -> io::Result<(PathBuf, File)> {
    let Some(name) = path.file_name() else {
        return Err(io::ErrorKind::IsADirectory.into());
    };
    for attempt in 0..100 {
        let mut temporary = OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}-{attempt}", process::id()));
        let temporary = path.with_file_name(temporary);
        match File::create_new(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (temporary, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
