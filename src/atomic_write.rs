//! Files that are written whole or not at all: nobody ever meets half of one.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
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
    if is_special(path) {
        let opened = File::options().write(true).open(path);
        let written = opened.and_then(|mut device| device.write_all(bytes));
        return written.map_err(|error| Error::unwritable(path, error));
    }
    let mut file = AtomicFile::create(path)?;
    file.write(|file| file.write_all(bytes))?;
    file.finish()
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

/// A file that is written piece by piece, and comes to be at its path as a whole, where it is finished. One that is
/// dropped before leaves nothing.
pub(crate) struct AtomicFile {
    path: PathBuf,
    /// Where it is written until then, and is gone from once it is finished.
    temporary: PathBuf,
    file: File,
}

impl AtomicFile {
    /// Begins the file at `path`, under another name in the same folder. For a device or pipe, it is in the system's
    /// folder for temporary files until it is finished.
    pub fn create(path: &Path) -> Result<Self> {
        check(path)?;
        let opened = match is_special(path) {
            true => create_sibling(&env::temp_dir().join("menagerie")),
            false => create_sibling(&target(path)),
        };
        let (temporary, file) = opened.map_err(|error| Error::unwritable(path, error))?;
        Ok(Self {
            path: path.to_path_buf(),
            temporary,
            file,
        })
    }

    /// Writes to it.
    pub fn write(&mut self, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
        write(&mut self.file).map_err(|error| Error::unwritable(&self.path, error))
    }

    /// Makes it the file at its path.
    pub fn finish(mut self) -> Result<()> {
        let (path, temporary) = (self.path.clone(), self.temporary.clone());
        self.write(|file| {
            if is_special(&path) {
                file.rewind()?;
                let mut device = File::options().write(true).open(&path)?;
                return io::copy(file, &mut device).map(drop);
            }
            file.sync_all()?;
            fs::rename(&temporary, target(&path))
        })
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        // It is gone already where it was finished.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// What gets replaced: through a link, its target.
fn target(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Whether there is a device or pipe at `path`, which is written to as it is.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file())
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
        match create_new(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (temporary, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// A new file at `path`, to write and to read again.
fn create_new(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true).open(path)
}
