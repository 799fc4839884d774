//! The bytes of a file, in memory or on disk.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::regular_file;

/// The bytes of a file. A file on disk is read in ranges and not kept: weights go to the device one tensor at a
/// time, so the host never holds all of them. It is not memory-mapped, because the process would end if another one
/// truncated the file.
pub enum StoredBytes {
    /// In memory.
    InMemory(Cow<'static, [u8]>),
    /// On disk.
    OnDisk {
        file: Mutex<File>,
        /// Its length when it was opened.
        length: u64,
        path: PathBuf,
    },
}

impl StoredBytes {
    /// Opens the file at `path`.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = regular_file::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self::OnDisk {
            file: Mutex::new(file),
            length,
            path: path.to_path_buf(),
        })
    }

    /// Returns the path of a file on disk.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::InMemory(_) => None,
            Self::OnDisk { path, .. } => Some(path),
        }
    }

    /// Returns the number of bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::InMemory(bytes) => bytes.len() as u64,
            Self::OnDisk { length, .. } => *length,
        }
    }

    /// Fills `target` with the bytes from `begin` on.
    pub fn read(&self, begin: u64, target: &mut [u8]) -> io::Result<()> {
        self.reader(begin).read_exact(target)
    }

    /// Returns up to `count` bytes from `begin` on. There are fewer if the file ends before.
    pub fn read_up_to(&self, begin: u64, count: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.reader(begin).take(count).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Returns a reader of the bytes from `begin` on.
    pub fn reader(&self, begin: u64) -> impl Read {
        Reader {
            bytes: self,
            position: begin,
        }
    }

    /// Reads bytes from `begin` on into `target`, and returns their number: 0 at the end of the file.
    pub fn read_some(&self, begin: u64, target: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::InMemory(bytes) => {
                let begin = usize::try_from(begin).ok();
                let mut rest = begin.and_then(|begin| bytes.get(begin..)).unwrap_or(&[]);
                rest.read(target)
            }
            Self::OnDisk { file, .. } => {
                // A lock poisoned by a panic is safe to use, because each read sets the position first.
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                // Systems do not allow positions above this, and nothing is there.
                if i64::try_from(begin).is_err() {
                    return Ok(0);
                }
                file.seek(SeekFrom::Start(begin))?;
                file.read(target)
            }
        }
    }
}

/// The bytes of a file from a position on.
struct Reader<'a> {
    bytes: &'a StoredBytes,
    position: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read_some(self.position, target)?;
        self.position += count as u64;
        Ok(count)
    }
}
