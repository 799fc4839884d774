//! Storing a downloaded file in the cache: the lock during the download, then the link and the reference.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;

use super::cache::Folder;
use super::digest::is_sha256;
#[cfg(unix)]
use super::environment;
use crate::atomic_write;
use crate::error::{Error, Result};
use crate::text_file;

/// The right to download a file. Dropping it passes the right on.
pub(super) struct Lock {
    _file: File,
    /// Whether the file system has locks. Otherwise another process may download the same file at the same time.
    is_held: bool,
}

/// Takes the lock at `path`. It waits while another process has the lock, which may be
/// `huggingface_hub`.
pub(super) fn lock(path: &Path) -> Result<Lock> {
    create_parent(path)?;
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| Error::unwritable(path, error))?;
    let is_held = file.lock().is_ok();
    Ok(Lock {
        _file: file,
        is_held,
    })
}

impl Lock {
    /// The path of the incomplete download at `path`. Without locks, each process has its own, which no other continues.
    pub(super) fn partial(&self, path: PathBuf) -> PathBuf {
        match self.is_held {
            true => path,
            false => path.with_extension(format!("{}.incomplete", process::id())),
        }
    }
}

/// The SHA-256 that the target of `link` has in a valid cache, or `None` if `link` is not a link.
pub(super) fn stated_sha256(link: &Path) -> Option<String> {
    let blob = fs::read_link(link).ok()?;
    let name = blob.file_name()?.to_str()?;
    is_sha256(name).then(|| name.to_owned())
}

/// Makes the file with this SHA-256 the one of `commit`. Another file or link there is replaced.
pub(super) fn link(folder: &Folder, commit: &str, sha256: &str) -> Result<()> {
    let path = folder.snapshot(commit);
    create_parent(&path)?;
    let made = make(&folder.blob(sha256), &path);
    made.map_err(|error| Error::unwritable(&path, error))
}

/// Stores `commit` as the commit of `revision`.
pub(super) fn refer(folder: &Folder, revision: &str, commit: &str) -> Result<()> {
    let path = folder.reference(revision);
    // A cache that cannot be written may have it already.
    if text_file::text(&path).is_ok_and(|stored| stored == commit) {
        return Ok(());
    }
    create_parent(&path)?;
    atomic_write::write(&path, commit.as_bytes())
}

/// Creates the folder of `path`.
pub(super) fn create_parent(path: &Path) -> Result<()> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    fs::create_dir_all(folder).map_err(|error| Error::unwritable(folder, error))
}

/// Links `path` to `blob`. The link is relative, so that the cache can be moved. Where no links are wanted, the file is moved.
#[cfg(unix)]
fn make(blob: &Path, path: &Path) -> io::Result<()> {
    if environment::is_without_links() {
        return fs::rename(blob, path);
    }
    let target = Path::new("../../blobs").join(blob.file_name().unwrap_or_default());
    let new = path.with_extension(format!("{}.new", process::id()));
    std::os::unix::fs::symlink(target, &new)?;
    fs::rename(&new, path).inspect_err(|_| drop(fs::remove_file(&new)))
}

/// Makes `blob` available at `path`. On Windows, symbolic links need a permission that few users have. So it makes a hard
/// link, or moves the file if that fails, as `huggingface_hub` does.
#[cfg(not(unix))]
fn make(blob: &Path, path: &Path) -> io::Result<()> {
    let new = path.with_extension(format!("{}.new", process::id()));
    match fs::hard_link(blob, &new) {
        Ok(()) => fs::rename(&new, path),
        Err(_) => fs::rename(blob, path),
    }
}
