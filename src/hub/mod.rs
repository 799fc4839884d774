//! Published weights of the Hugging Face Hub (<https://huggingface.co>): where they lie on this machine
//! and, with the feature `hub`, how they get there.
//!
//! They lie where Python's `huggingface_hub` keeps them, in its layout
//! (<https://huggingface.co/docs/huggingface_hub/guides/manage-cache>), so that each finds what the other
//! has downloaded. `HF_HUB_CACHE`, `HF_HOME` and `XDG_CACHE_HOME` say where that is, `HF_ENDPOINT` which
//! server to ask; `HF_TOKEN` is sent to it, and `HF_HUB_OFFLINE` forbids to ask at all.

mod cache;
#[cfg(feature = "hub")]
mod digest;
#[cfg(feature = "hub")]
mod download;
mod environment;
#[cfg(feature = "hub")]
mod fetch;
#[cfg(feature = "hub")]
mod server;
#[cfg(feature = "hub")]
mod store;

#[cfg(feature = "hub")]
pub use fetch::{Fetched, fetch};

use std::fmt;
use std::path::PathBuf;

use cache::Folder;

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
    /// Path of the repository's [`FILE`] in the cache, where it has been downloaded.
    pub fn cached(&self) -> Option<PathBuf> {
        Folder::of(self).ok()?.find(self.revision)
    }

    /// Name of the folder that its files lie in, in every cache.
    pub(crate) fn folder_name(&self) -> String {
        format!("models--{}", self.id.replace('/', "--"))
    }
}

/// `OWNER/NAME@REVISION`.
impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id, self.revision)
    }
}
