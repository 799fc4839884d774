//! Writing a file atomically: a reader finds the complete new file or the old one, never a part.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Error, ErrorKind, Result};

/// Writes `bytes` to the file at `path`. It writes a temporary file in the same folder, and renames it. A device or pipe
/// is written directly.
///
/// # Errors
/// [`ErrorKind::Io`] if the folder or file cannot be written. An older file at `path` is then
/// unchanged.
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

/// Checks that a file can be written to `path`, before there is anything to write. A program calls it before long work,
/// so that a mistyped path is reported at once.
///
/// # Errors
/// [`ErrorKind::Io`] if the folder of `path` does not exist, or `path` is empty or a folder.
pub fn check(path: &Path) -> Result<()> {
    if path.as_os_str().is_empty() {
        return Err(Error::new(
            ErrorKind::Io,
            "expected the name of an output, found an empty one",
        ));
    }
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

/// Removes the temporary files of all writes that are not finished, and lets these and later ones fail. A program that a
/// signal ends calls it, so that nothing is left: the process would not end in the usual way, in which each write does
/// this itself.
pub fn discard_unfinished() {
    let mut unfinished = lock();
    unfinished.is_over = true;
    for path in std::mem::take(&mut unfinished.paths) {
        let _ = fs::remove_file(path);
    }
}

/// The temporary files of this process.
static UNFINISHED: Mutex<Unfinished> = Mutex::new(Unfinished {
    paths: BTreeSet::new(),
    is_over: false,
});

struct Unfinished {
    paths: BTreeSet<PathBuf>,
    /// Whether no further ones are created.
    is_over: bool,
}

/// Locks the list. It is valid even if a thread panicked while it held the lock.
fn lock() -> MutexGuard<'static, Unfinished> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file that is written in pieces, and appears at its path only when it is complete. If it is dropped before, nothing
/// is left.
pub(crate) struct AtomicFile {
    path: PathBuf,
    /// The temporary file that is written and renamed at the end.
    temporary: PathBuf,
    file: File,
}

impl AtomicFile {
    /// Creates a temporary file in the folder of `path`, or for a device or pipe in the system's folder for temporary
    /// files.
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

    /// Writes to the file.
    pub fn write(&mut self, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
        write(&mut self.file).map_err(|error| Error::unwritable(&self.path, error))
    }

    /// Moves the file to its path.
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
        // After `finish` there is no temporary file.
        let _ = fs::remove_file(&self.temporary);
        lock().paths.remove(&self.temporary);
    }
}

/// Returns the file to replace: the target of a link, not the link.
fn target(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Returns whether `path` is a device or pipe, which cannot be replaced.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file())
}

/// Creates a new file with an unused name in the folder of `path`.
fn create_sibling(path: &Path) -> io::Result<(PathBuf, File)> {
    let Some(name) = path.file_name() else {
        return Err(io::ErrorKind::IsADirectory.into());
    };
    // The beginning: with what is added, a name has to fit into the 255 bytes of most file systems.
    let name: String = name.to_string_lossy().chars().take(50).collect();
    for attempt in 0..100 {
        let temporary = format!(".{name}.{}-{attempt}", process::id());
        let temporary = path.with_file_name(temporary);
        // With the lock, no file is created that is not listed.
        let mut unfinished = lock();
        if unfinished.is_over {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match create_new(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => {
                unfinished.paths.insert(temporary.clone());
                return Ok((temporary, file));
            }
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Creates a new file at `path`, to write and read.
fn create_new(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true).open(path)
}
