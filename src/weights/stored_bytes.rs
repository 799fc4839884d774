//! The bytes of a file: held in memory, or on disk and read where they are asked for.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The bytes of a file. Of one on disk nothing is kept: a network's weights go to the device a tensor at a time, so
/// the host never holds them all. It is read, not mapped: a map of a file that someone shortens ends the process.
pub enum StoredBytes {
    /// In memory.
    Held(Cow<'static, [u8]>),
    /// On disk: the file, and its length when it was opened.
    OnDisk(Mutex<File>, u64),
}

impl StoredBytes {
    /// The file at `path`.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self::OnDisk(Mutex::new(file), length))
    }

    /// How many there are.
    pub fn length(&self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len() as u64,
            Self::OnDisk(_, length) => *length,
        }
    }

    /// Fills `target` with the bytes from `begin` on.
    pub fn read(&self, begin: u64, target: &mut [u8]) -> io::Result<()> {
        match self {
            Self::Held(bytes) => {
                let mut rest = usize::try_from(begin)
                    .ok()
                    .and_then(|begin| bytes.get(begin..))
                    .unwrap_or_default();
                rest.read_exact(target)
            }
            Self::OnDisk(file, _) => {
                // The position is set before each read, so it does not matter where a thread died.
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(begin))?;
                file.read_exact(target)
            }
        }
    }
}
