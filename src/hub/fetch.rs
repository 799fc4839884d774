//! From a repository's name to a file on this machine that is what the Hub says it is.

use std::fs;
use std::path::{Path, PathBuf};

use super::cache::Folder;
use super::digest::sha256;
use super::server::{RemoteFile, Server};
use super::{Repository, download, environment, store};
use crate::error::{Error, ErrorKind, Result};

/// A repository's file on this machine. Its SHA-256 has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where it is in the cache.
    pub path: PathBuf,
    /// Its bytes.
    pub size: u64,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Whether it has been downloaded now, and was not there already.
    pub downloaded: bool,
}

/// Downloads [`FILE`](super::FILE) of `repository` into the Hub's cache, unless it is there already: then
/// it is only checked, and no server is asked. `progress` is told how many bytes are there and how many
/// there will be, again and again while they come.
///
/// A file gets its name in the cache once its SHA-256 is what the Hub states. A download that breaks off is
/// gone on with by the next one.
///
/// # Errors
/// [`ErrorKind::Unreachable`] where the server cannot be reached; [`ErrorKind::Server`] where it refuses, sends something
/// else than it states, or may not be asked; [`ErrorKind::Io`] where the cache cannot be read or written.
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

/// The file in the cache, if the cache itself tells what it should be. One that has changed since is
/// removed.
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

/// Makes `remote` a blob of the cache.
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
        // Where only the rest came now, what was there before may be to blame.
        if !went_on {
            return Err(server.error(format!(
                "{remote}: expected SHA-256 {}, found {found}; what came was thrown away",
                remote.sha256
            )));
        }
    }
}

/// Whether the file at `path` is there and is what the server states.
fn is_intact(path: &Path, remote: &RemoteFile) -> Result<bool> {
    Ok(path.is_file() && digest(path)? == remote.sha256)
}

fn digest(path: &Path) -> Result<String> {
    sha256(path).map_err(|error| Error::unreadable(path, error))
}
