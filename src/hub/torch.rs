//! Files that PyTorch's `torch.hub` downloads from an address: their place in its cache, and with the feature `hub`
//! downloading them.
//!
//! The name of such a file ends in the beginning of its SHA-256, as in `resnet18-f37072fd.pth`. `torch.hub` and this crate
//! find each other's downloads: `TORCH_HOME/hub/checkpoints/NAME`, where `TORCH_HOME` is by default `torch` in the user's
//! folder of caches.

use std::fmt;
use std::path::PathBuf;

use super::environment;
#[cfg(feature = "hub")]
use crate::error::Result;
#[cfg(feature = "hub")]
use {
    super::address::Address, super::client, super::client::Client, super::digest::is_beginning,
    super::digest::sha256, super::download, super::download::Source, super::fetch::Fetched,
    super::store, crate::error::Error, crate::error::ErrorKind, std::fs, std::path::Path,
};

/// A file that torchvision publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TorchFile {
    /// The folder of its address.
    pub folder: &'static str,
    /// Its name, which ends in the beginning of its SHA-256.
    pub name: &'static str,
}

impl TorchFile {
    /// Its path in the cache of `torch.hub`, or `None` if it is not downloaded.
    pub fn cached(&self) -> Option<PathBuf> {
        self.path().filter(|path| path.is_file())
    }

    fn path(&self) -> Option<PathBuf> {
        Some(environment::torch_cache()?.join(self.name))
    }

    /// The beginning of its SHA-256.
    #[cfg(feature = "hub")]
    fn stated(&self) -> &'static str {
        let stem = self
            .name
            .rsplit_once('.')
            .map_or(self.name, |(stem, _)| stem);
        stem.rsplit_once('-').map_or("", |(_, digits)| digits)
    }
}

/// Whether a file of this SHA-256 is the one of this name, which is given without its extension.
#[cfg(feature = "hub")]
pub(crate) fn is_of(name: &str, sha256: &str) -> bool {
    name.rsplit_once('-')
        .is_some_and(|(_, digits)| is_beginning(digits, sha256))
}

/// Its address.
impl fmt::Display for TorchFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.folder, self.name)
    }
}

/// Downloads `file` into the cache of `torch.hub`; see [`fetch`](super::fetch()).
///
/// # Errors
/// The same as [`fetch`](super::fetch()).
#[cfg(feature = "hub")]
pub fn fetch_torch(file: &TorchFile, progress: &mut dyn FnMut(u64, u64)) -> Result<Fetched> {
    let Some(path) = file.path() else {
        return Err(Error::new(
            ErrorKind::Io,
            "no folder to keep downloads in: there is no home folder; name one in TORCH_HOME",
        ));
    };
    let mut why = format!("{file}: not in the cache");
    if path.is_file() {
        let fetched = present(&path, file)?;
        if fetched.verified {
            return Ok(fetched);
        }
        why = format!(
            "{}: damaged: expected a SHA-256 that begins with {}, found {}",
            path.display(),
            file.stated(),
            fetched.sha256
        );
    }
    if environment::is_offline() {
        return Err(Error::new(
            ErrorKind::Server,
            format!("{why}, and HF_HUB_OFFLINE forbids to download it"),
        ));
    }
    let named = |error: Error| match error.kind() {
        ErrorKind::Server | ErrorKind::Unreachable => error.in_context(file),
        _ => error,
    };
    let (client, source) = look_up(file).map_err(named)?;
    let lock = store::lock(&path.with_file_name(format!(".{}.lock", file.name)))?;
    // Another process may have had the lock, and downloaded it.
    if path.is_file() && present(&path, file)?.verified {
        return present(&path, file);
    }
    let partial = lock.partial(path.with_file_name(format!("{}.incomplete", file.name)));
    let sha256 = download::complete(&client, &source, &partial, progress).map_err(named)?;
    fs::rename(&partial, &path).map_err(|error| Error::unwritable(&path, error))?;
    Ok(Fetched {
        path,
        size: source.size,
        sha256,
        verified: true,
        downloaded: true,
    })
}

/// The file at `path`.
#[cfg(feature = "hub")]
fn present(path: &Path, file: &TorchFile) -> Result<Fetched> {
    let unreadable = |error| Error::unreadable(path, error);
    let sha256 = sha256(path).map_err(unreadable)?;
    Ok(Fetched {
        path: path.to_path_buf(),
        size: fs::metadata(path).map_err(unreadable)?.len(),
        verified: is_beginning(file.stated(), &sha256),
        sha256,
        downloaded: false,
    })
}

/// Asks the server for the size of `file`.
#[cfg(feature = "hub")]
fn look_up(file: &TorchFile) -> Result<(Client, Source)> {
    let refused = |what: String| Error::new(ErrorKind::Server, what);
    let address = Address::parse(&file.to_string()).map_err(|expected| refused(expected.into()))?;
    let client = Client::new(&address, None)?;
    let response = client.head(&address)?;
    client::check(&response)?;
    let size = client::header(&response, "content-length");
    let Some(size) = size.and_then(|size| size.parse().ok()) else {
        let found = size.map_or("nothing".to_owned(), |found| format!("{found:?}"));
        return Err(refused(format!(
            "expected a size in Content-Length, found {found}"
        )));
    };
    let source = Source {
        address,
        size,
        sha256: file.stated().to_owned(),
    };
    Ok((client, source))
}
