//! Fetching the file of a repository to this machine, and checking its SHA-256.

use std::fs;
use std::path::{Path, PathBuf};

use super::cache::Folder;
use super::digest::sha256;
use super::server::{RemoteFile, Server};
use super::{Repository, download, environment, store};
use crate::error::{Error, ErrorKind, Result};

/// A file of published weights on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fetched {
    /// Its path in the cache.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Whether its SHA-256 is the one that its publisher states, or begins as that does. A copy of a cache may not state it, and then it is not
    /// known without a request to the server.
    pub verified: bool,
    /// Whether it was downloaded now. Otherwise it was already in the cache.
    pub downloaded: bool,
}

/// A file that is in the cache.
struct Present {
    fetched: Fetched,
    /// The other SHA-256 that it should have, if it is damaged.
    damaged: Option<String>,
}

/// Downloads [`FILE`](super::FILE) of `repository` into the Hub's cache. If the file is already there, it is only
/// checked, without a request to the server. During the download, `progress` is called repeatedly with the number of
/// bytes so far and the total.
///
/// A file gets its name in the cache only when its SHA-256 is the one that the Hub states. A broken connection is continued,
/// and so is an interrupted download by the next call. A damaged file stays in the cache until another one replaces it.
///
/// # Errors
/// [`ErrorKind::Unreachable`] if the server cannot be reached. [`ErrorKind::Server`] if it refuses the request, sends a file
/// that differs from its SHA-256 or size, or if requests are forbidden. [`ErrorKind::Io`] if the cache cannot be read or
/// written.
pub fn fetch(repository: &Repository, progress: &mut dyn FnMut(u64, u64)) -> Result<Fetched> {
    let folder = Folder::of(repository)?;
    let present = in_cache(&folder, repository)?;
    let why = match present {
        Some(Present { fetched, damaged }) => match damaged {
            None if fetched.verified || environment::is_offline() => return Ok(fetched),
            None => match ask(&folder, repository, progress) {
                Err(error) if error.kind() == ErrorKind::Unreachable => return Ok(fetched),
                asked => return asked,
            },
            Some(stated) => format!(
                "{}: damaged: expected SHA-256 {stated}, found {}",
                fetched.path.display(),
                fetched.sha256
            ),
        },
        None => format!("{repository}: not in the cache"),
    };
    if environment::is_offline() {
        return Err(Error::new(
            ErrorKind::Server,
            format!("{why}, and HF_HUB_OFFLINE forbids to download it"),
        ));
    }
    ask(&folder, repository, progress)
}

/// Looks the file up on the server, and downloads it if the cache does not have it.
fn ask(
    folder: &Folder,
    repository: &Repository,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Fetched> {
    let server = Server::from_environment()?;
    let named = |error| server.named(repository, error);
    let remote = server.look_up(repository).map_err(named)?;
    let path = folder.snapshot(&remote.commit);
    let mut downloaded = false;
    if !is_intact(&path, &remote)? {
        let lock = store::lock(&folder.lock(&remote.source.sha256))?;
        // Another process may have had the lock, and downloaded it.
        if !is_intact(&path, &remote)? {
            let blob = folder.blob(&remote.source.sha256);
            if !is_intact(&blob, &remote)? {
                let partial = lock.partial(folder.partial(&remote.source.sha256));
                store::create_parent(&partial)?;
                download::complete(server.client(), &remote.source, &partial, progress)
                    .map_err(named)?;
                fs::rename(&partial, &blob).map_err(|error| Error::unwritable(&blob, error))?;
                downloaded = true;
            }
            store::link(folder, &remote.commit, &remote.source.sha256)?;
        }
    }
    store::refer(folder, repository.revision, &remote.commit)?;
    Ok(Fetched {
        path,
        size: remote.source.size,
        sha256: remote.source.sha256,
        verified: true,
        downloaded,
    })
}

/// The file in the cache. A link states its SHA-256, and so does a copy of it among the blobs.
fn in_cache(folder: &Folder, repository: &Repository) -> Result<Option<Present>> {
    let Some(path) = folder.find(repository.revision) else {
        return Ok(None);
    };
    let (stated, sha256) = (store::stated_sha256(&path), digest(&path)?);
    let damaged = stated.clone().filter(|stated| *stated != sha256);
    let size = fs::metadata(&path).map_err(|error| Error::unreadable(&path, error))?;
    Ok(Some(Present {
        damaged,
        fetched: Fetched {
            size: size.len(),
            verified: stated.is_some() || folder.blob(&sha256).is_file(),
            downloaded: false,
            path,
            sha256,
        },
    }))
}

/// Whether the file at `path` exists and has the SHA-256 that the server states.
fn is_intact(path: &Path, remote: &RemoteFile) -> Result<bool> {
    Ok(path.is_file() && digest(path)? == remote.source.sha256)
}

fn digest(path: &Path) -> Result<String> {
    sha256(path).map_err(|error| Error::unreadable(path, error))
}
