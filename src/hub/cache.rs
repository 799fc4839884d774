//! The local cache of the Hub, in the layout of `huggingface_hub`:
//!
//! ```text
//! models--OWNER--NAME/blobs/SHA256                          a file
//! models--OWNER--NAME/blobs/SHA256.incomplete               an incomplete download of it
//! models--OWNER--NAME/snapshots/COMMIT/model.safetensors    a link to the file
//! models--OWNER--NAME/refs/REVISION                         the commit of a branch or tag
//! .locks/models--OWNER--NAME/SHA256.lock                    held while the file is downloaded
//! ```

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::{FILE, Repository, environment};
use crate::error::{Error, ErrorKind, Result};
use crate::text_file;

/// Number of hexadecimal digits of a commit.
const COMMIT_DIGITS: usize = 40;

/// The beginning of the name of a repository's folder.
const MODELS: &str = "models--";

/// `OWNER/NAME` of the repository in whose folder of a cache the file at `path` is, under this path or behind a link.
pub(crate) fn repository_of(path: &Path) -> Option<String> {
    let named = |path: &Path| {
        let folders = path.iter().filter_map(OsStr::to_str);
        let mut repositories = folders.filter_map(|folder| folder.strip_prefix(MODELS));
        repositories.next().map(|id| id.replace("--", "/"))
    };
    named(path).or_else(|| named(&fs::canonicalize(path).ok()?))
}

/// The folder of a repository in the cache.
pub(super) struct Folder {
    cache: PathBuf,
    name: String,
}

impl Folder {
    /// The folder of `repository`, which may not exist yet.
    pub(super) fn of(repository: &Repository) -> Result<Self> {
        let Some(cache) = environment::cache() else {
            return Err(Error::new(
                ErrorKind::Io,
                "no folder to keep downloads in: there is no home folder; name one in HF_HOME",
            ));
        };
        Ok(Self {
            cache,
            name: format!("{MODELS}{}", repository.id.replace('/', "--")),
        })
    }

    /// Path of the file at `revision`, or `None` if it is not in the cache.
    pub(super) fn find(&self, revision: &str) -> Option<PathBuf> {
        let commit = text_file::text(&self.reference(revision)).ok()?;
        let commit = commit.trim();
        // The text becomes a part of a path, so it must be valid.
        let path = is_commit(commit).then(|| self.snapshot(commit))?;
        path.is_file().then_some(path)
    }

    /// Path of the file at `commit`.
    pub(super) fn snapshot(&self, commit: &str) -> PathBuf {
        self.path("snapshots").join(commit).join(FILE)
    }

    /// Path of the file that names the commit of `revision`.
    pub(super) fn reference(&self, revision: &str) -> PathBuf {
        self.path("refs").join(revision)
    }

    /// Path of the file with this SHA-256.
    #[cfg(feature = "hub")]
    pub(super) fn blob(&self, sha256: &str) -> PathBuf {
        self.path("blobs").join(sha256)
    }

    /// Path of the incomplete download of the file with this SHA-256.
    #[cfg(feature = "hub")]
    pub(super) fn partial(&self, sha256: &str) -> PathBuf {
        self.path("blobs").join(format!("{sha256}.incomplete"))
    }

    /// Path of the lock that is held while the file with this SHA-256 is downloaded.
    #[cfg(feature = "hub")]
    pub(super) fn lock(&self, sha256: &str) -> PathBuf {
        let locks = self.cache.join(".locks").join(&self.name);
        locks.join(format!("{sha256}.lock"))
    }

    fn path(&self, part: &str) -> PathBuf {
        self.cache.join(&self.name).join(part)
    }
}

/// Whether `text` is a commit hash.
pub(super) fn is_commit(text: &str) -> bool {
    is_hexadecimal(text, COMMIT_DIGITS)
}

/// Whether `text` has exactly `digits` lower-case hexadecimal digits.
pub(super) fn is_hexadecimal(text: &str, digits: usize) -> bool {
    text.len() == digits
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
