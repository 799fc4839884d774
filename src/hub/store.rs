//! Giving a downloaded file its place in the cache: the lock while it comes, the link and the reference
//! once it is there.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::cache::Folder;
use super::digest::is_sha256;
use crate::atomic_write;
use crate::error::{Error, ErrorKind, Result};

/// Holds the lock on the file of this SHA-256 until it is dropped; waits where another process has it,
/// `huggingface_hub` included.
pub(super) fn lock(folder: &Folder, sha256: &str) -> Result<File> {
    let path = folder.lock(sha256);
    create_parent(&path)?;
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|error| Error::unwritable(&path, error))?;
    // On a file system without locks two downloads may mix in one file. Its SHA-256 will tell.
    let _ = file.lock();
    Ok(file)
}

/// SHA-256 that the file behind `link` has, if the cache is sound; none where links are no links.
pub(super) fn stated_sha256(link: &Path) -> Option<String> {
    let blob = fs::read_link(link).ok()?;
    let name = blob.file_name()?.to_str()?;
    is_sha256(name).then(|| name.to_owned())
}

/// Makes the file of this SHA-256 the one of `commit`.
pub(super) fn link(folder: &Folder, commit: &str, sha256: &str) -> Result<()> {
    let path = folder.snapshot(commit);
    create_parent(&path)?;
    remove(&path)?;
    link_file(&folder.blob(sha256), &path).map_err(|error| Error::unwritable(&path, error))
}

/// Makes `commit` the one of `revision`.
pub(super) fn refer(folder: &Folder, revision: &str, commit: &str) -> Result<()> {
    let path = folder.reference(revision);
    create_parent(&path)?;
    atomic_write::write(&path, commit.as_bytes())
}

/// Removes a file or link, if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let path = path.display();
            Err(Error::new(
                ErrorKind::Io,
                format!("{path}: cannot be removed: {error}"),
            ))
        }
        _ => Ok(()),
    }
}

/// Makes the folder of `path`.
pub(super) fn create_parent(path: &Path) -> Result<()> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    fs::create_dir_all(folder).map_err(|error| Error::unwritable(folder, error))
}

/// The link is relative, so that a cache may be moved.
#[cfg(unix)]
fn link_file(blob: &Path, path: &Path) -> io::Result<()> {
    let target = Path::new("../../blobs").join(blob.file_name().unwrap_or_default());
    std::os::unix::fs::symlink(target, path)
}

/// Symbolic links need a right that few users have on Windows. A second name for the file does as well;
/// where there can be none, the file moves, as `huggingface_hub` does it.
#[cfg(not(unix))]
fn link_file(blob: &Path, path: &Path) -> io::Result<()> {
    fs::hard_link(blob, path).or_else(|_| fs::rename(blob, path))
}
