//! Storing a downloaded file in the cache: the lock during the download, then the link and the reference.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::cache::Folder;
use super::digest::is_sha256;
use crate::atomic_write;
use crate::error::{Error, ErrorKind, Result};

/// Takes the lock on the file with this SHA-256; dropping the result releases it. It waits while another process has the
/// lock, which may be `huggingface_hub`.
pub(super) fn lock(folder: &Folder, sha256: &str) -> Result<File> {
    let path = folder.lock(sha256);
    create_parent(&path)?;
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|error| Error::unwritable(&path, error))?;
    // On a file system without locks, two downloads may write the same file. The SHA-256 detects that.
    let _ = file.lock();
    Ok(file)
}

/// The SHA-256 that the target of `link` has in a valid cache, or `None` if `link` is not a link.
pub(super) fn stated_sha256(link: &Path) -> Option<String> {
    let blob = fs::read_link(link).ok()?;
    let name = blob.file_name()?.to_str()?;
    is_sha256(name).then(|| name.to_owned())
}

/// Links `commit` to the file with this SHA-256.
pub(super) fn link(folder: &Folder, commit: &str, sha256: &str) -> Result<()> {
    let path = folder.snapshot(commit);
    create_parent(&path)?;
    remove(&path)?;
    link_file(&folder.blob(sha256), &path).map_err(|error| Error::unwritable(&path, error))
}

/// Stores `commit` as the commit of `revision`.
pub(super) fn refer(folder: &Folder, revision: &str, commit: &str) -> Result<()> {
    let path = folder.reference(revision);
    create_parent(&path)?;
    atomic_write::write(&path, commit.as_bytes())
}

/// Removes a file or link, if it exists.
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

/// Creates the folder of `path`.
pub(super) fn create_parent(path: &Path) -> Result<()> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    fs::create_dir_all(folder).map_err(|error| Error::unwritable(folder, error))
}

/// Links `path` to `blob`. The link is relative, so that the cache can be moved.
#[cfg(unix)]
fn link_file(blob: &Path, path: &Path) -> io::Result<()> {
    let target = Path::new("../../blobs").join(blob.file_name().unwrap_or_default());
    std::os::unix::fs::symlink(target, path)
}

/// Makes `blob` available at `path`. On Windows, symbolic links need a permission that few users have. So it makes a hard
/// link, or moves the file if that fails, as `huggingface_hub` does.
#[cfg(not(unix))]
fn link_file(blob: &Path, path: &Path) -> io::Result<()> {
    fs::hard_link(blob, path).or_else(|_| fs::rename(blob, path))
}
