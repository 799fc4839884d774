//! Published weights of the Hugging Face Hub (<https://huggingface.co>): finding them in the local cache and, with the
//! feature `hub`, downloading them.
//!
//! The cache is that of Python's `huggingface_hub`, in the same layout
//! (<https://huggingface.co/docs/huggingface_hub/guides/manage-cache>), so both find each other's downloads. These
//! environment variables are read: `HF_HUB_CACHE`, `HF_HOME` and `XDG_CACHE_HOME` for the folder of the cache,
//! `HF_ENDPOINT` for the server, `HF_TOKEN` for the token that is sent to it, and `HF_HUB_OFFLINE` to forbid downloads.
//! docs/weights.md lists all of them.

#[cfg(feature = "hub")]
mod address;
mod cache;
#[cfg(feature = "hub")]
mod client;
#[cfg(feature = "hub")]
mod digest;
#[cfg(feature = "hub")]
mod download;
mod environment;
#[cfg(feature = "hub")]
mod fetch;
#[cfg(feature = "hub")]
mod proxy;
#[cfg(feature = "hub")]
mod server;
#[cfg(feature = "hub")]
mod store;
mod torch;
#[cfg(feature = "hub")]
mod trust;

#[cfg(feature = "hub")]
pub use fetch::{Fetched, fetch};
#[cfg(feature = "hub")]
#[doc(hidden)]
pub use server::described;
pub use torch::TorchFile;
#[cfg(feature = "hub")]
pub use torch::fetch_torch;
#[cfg(feature = "hub")]
pub(crate) use {digest::sha256, torch::is_of};

use std::fmt;
use std::path::PathBuf;

use cache::Folder;
pub(crate) use cache::repository_of;

/// The file of a repository that holds its weights.
pub const FILE: &str = "model.safetensors";

/// A repository of the Hub at one revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repository {
    /// `OWNER/NAME`.
    pub id: &'static str,
    /// A branch or tag.
    pub revision: &'static str,
}

impl Repository {
    /// Path of the repository's [`FILE`] in the cache, or `None` if it is not downloaded.
    pub fn cached(&self) -> Option<PathBuf> {
        Folder::of(self).ok()?.find(self.revision)
    }
}

/// `OWNER/NAME@REVISION`.
impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id, self.revision)
    }
}
