//! Files that are written whole or not at all: nobody ever meets half of one.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::error::{Error, Result};

/// Makes `bytes` the content of the file at `path`: under another name in the same folder first. A device
/// or pipe is written to as it is.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) where the folder or file cannot be written; an older file at
/// `path` is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes).map_err(|error| Error::unwritable(path, error))
}

/// Checks, before there is anything to write, that a file can stand at `path`: work that takes long should not
/// end with a mistyped name.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) where there is no folder to write it to, or a folder in its place.
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
    // Through a link, its target is what gets replaced.
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
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// A new file in the folder of `path`, under a name that nothing else has.
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
