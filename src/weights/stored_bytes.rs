//! The bytes of a file, in memory or on disk.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The bytes of a file. A file on disk is read in ranges and not kept: weights go to the device one tensor at a
/// time, so the host never holds all of them. It is not memory-mapped, because the process would end if another one
/// truncated the file.
pub enum StoredBytes {
    /// In memory.
    InMemory(Cow<'static, [u8]>),
    /// On disk: the file, and its length when it was opened.
    OnDisk(Mutex<File>, u64),
}

impl StoredBytes {
    /// Opens the file at `path`.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self::OnDisk(Mutex::new(file), length))
    }

    /// Returns the number of bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::InMemory(bytes) => bytes.len() as u64,
            Self::OnDisk(_, length) => *length,
        }
    }

    /// Fills `target` with the bytes from `begin` on.
    pub fn read(&self, begin: u64, target: &mut [u8]) -> io::Result<()> {
        match self {
            Self::InMemory(bytes) => {
                let mut rest = usize::try_from(begin)
                    .ok()
                    .and_then(|begin| bytes.get(begin..))
                    .unwrap_or_default();
                rest.read_exact(target)
            }
            Self::OnDisk(file, _) => {
                // A lock poisoned by a panic is safe to use, because each read sets the position first.
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(begin))?;
                file.read_exact(target)
            }
        }
    }
}
