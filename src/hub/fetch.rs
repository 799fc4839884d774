//! Fetching the file of a repository to this machine, and checking its SHA-256.

use std::fs;
use std::path::{Path, PathBuf};

use super::cache::Folder;
use super::digest::sha256;
use super::server::{RemoteFile, Server};
use super::{Repository, download, environment, store};
use crate::error::{Error, ErrorKind, Result};

/// The file of a repository on this machine. Its SHA-256 is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fetched {
    /// Its path in the cache.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Whether it was downloaded now. Otherwise it was already in the cache.
    pub downloaded: bool,
}

/// Downloads [`FILE`](super::FILE) of `repository` into the Hub's cache. If the file is already there, it is only
/// checked, without a request to the server. During the download, `progress` is called repeatedly with the number of
/// bytes so far and the total.
///
/// A file gets its name in the cache only when its SHA-256 is the one that the Hub states. The next call continues an
/// interrupted download.
///
/// # Errors
/// [`ErrorKind::Unreachable`] if the server cannot be reached. [`ErrorKind::Server`] if it refuses the request, sends a file
/// that differs from its SHA-256 or size, or if requests are forbidden. [`ErrorKind::Io`] if the cache cannot be read or
/// written.
pub fn fetch(repository: &Repository, progress: &mut dyn FnMut(u64, u64)) -> Result<Fetched> {
    let folder = Folder::of(repository)?;
    if let Some(fetched) = at_hand(&folder, repository)? {
        return Ok(fetched);
    }
    if environment::is_offline() {
        return Err(Error::new(
            ErrorKind::Server,
            format!("{repository}: not in the cache, and HF_HUB_OFFLINE forbids to download it"),
        ));
    }
    let server = Server::from_environment();
    let remote = server.look_up(repository)?;
    let _lock = store::lock(&folder, &remote.sha256)?;
    let path = folder.snapshot(&remote.commit);
    let mut downloaded = false;
    if !is_intact(&path, &remote)? {
        let blob = folder.blob(&remote.sha256);
        if !is_intact(&blob, &remote)? {
            store::remove(&blob)?;
            download_and_check(&server, &remote, &folder, progress)?;
            downloaded = true;
        }
        store::link(&folder, &remote.commit, &remote.sha256)?;
    }
    store::refer(&folder, repository.revision, &remote.commit)?;
    Ok(Fetched {
        path,
        size: remote.size,
        sha256: remote.sha256,
        downloaded,
    })
}

/// The file in the cache, if the cache states its SHA-256. A file with another SHA-256 is removed.
fn at_hand(folder: &Folder, repository: &Repository) -> Result<Option<Fetched>> {
    let Some(path) = folder.find(repository.revision) else {
        return Ok(None);
    };
    let Some(stated) = store::stated_sha256(&path) else {
        return Ok(None);
    };
    let found = digest(&path)?;
    if found != stated {
        store::remove(&path)?;
        store::remove(&folder.blob(&stated))?;
        return Ok(None);
    }
    let size = fs::metadata(&path)
        .map_err(|error| Error::unreadable(&path, error))?
        .len();
    Ok(Some(Fetched {
        path,
        size,
        sha256: found,
        downloaded: false,
    }))
}

/// Downloads `remote` to the blobs of the cache, and checks it.
fn download_and_check(
    server: &Server,
    remote: &RemoteFile,
    folder: &Folder,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<()> {
    let partial = folder.partial(&remote.sha256);
    store::create_parent(&partial)?;
    loop {
        let went_on = download::complete(server, remote, &partial, progress)?;
        let found = digest(&partial)?;
        if found == remote.sha256 {
            let blob = folder.blob(&remote.sha256);
            return fs::rename(&partial, &blob).map_err(|error| Error::unwritable(&blob, error));
        }
        store::remove(&partial)?;
        // If only the rest was downloaded now, the earlier part may be wrong: then download all of it again.
        if !went_on {
            return Err(server.error(format!(
                "{remote}: expected SHA-256 {}, found {found}; what came was thrown away",
                remote.sha256
            )));
        }
    }
}

/// Whether the file at `path` exists and has the SHA-256 that the server states.
fn is_intact(path: &Path, remote: &RemoteFile) -> Result<bool> {
    Ok(path.is_file() && digest(path)? == remote.sha256)
}

fn digest(path: &Path) -> Result<String> {
    sha256(path).map_err(|error| Error::unreadable(path, error))
}
