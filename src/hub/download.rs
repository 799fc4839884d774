//! Downloading a file, with its size and SHA-256 checked while it arrives. If the connection breaks, the download goes on
//! where it stopped, now or at the next call.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::address::Address;
use super::client::{self, Client};
use super::digest::{Digest, is_beginning};
use crate::error::{Error, ErrorKind, Result};

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

/// The most connections in a row that bring nothing.
const MOST_FRUITLESS: u32 = 3;

/// The time before the second of them. It doubles for each further one.
const PAUSE: Duration = Duration::from_millis(100);

/// A file on a server.
pub(super) struct Source {
    pub address: Address,
    pub size: u64,
    /// Its SHA-256 in hexadecimal digits, or the beginning of it.
    pub sha256: String,
}

/// Downloads the missing rest of `source` to the file at `partial`, and returns its SHA-256. It calls `progress` with the
/// number of bytes so far and the total. If the connection breaks, what came is kept; if it is not what the source states,
/// it is removed.
///
/// # Errors
/// [`ErrorKind::Unreachable`] if the server does not answer. [`ErrorKind::Server`] if it sends something else.
/// [`ErrorKind::Io`] if the bytes cannot be written.
pub(super) fn complete(
    client: &Client,
    source: &Source,
    partial: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<String> {
    let mut file = Partial::open(partial, source.size)?;
    // Bytes of an earlier call may be wrong. Then all of the file is downloaded again.
    let mut is_of_this_call = file.length == 0;
    loop {
        file.fill(client, source, progress)?;
        let found = file.digest.digits();
        if is_beginning(&source.sha256, &found) {
            file.attempt(|file| file.sync_all())?;
            return Ok(found);
        }
        if is_of_this_call {
            let _ = fs::remove_file(partial);
            let expected = &source.sha256;
            return Err(refused(format!(
                "expected SHA-256 {expected}, found {found}; what came was thrown away"
            )));
        }
        file.restart()?;
        is_of_this_call = true;
    }
}

/// The first bytes of a file, and the SHA-256 of them.
struct Partial<'a> {
    path: &'a Path,
    file: File,
    length: u64,
    digest: Digest,
}

impl<'a> Partial<'a> {
    /// Opens the file at `path`, or creates it. A file of more than `size` bytes starts again.
    fn open(path: &'a Path, size: u64) -> Result<Self> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(path);
        let mut partial = Self {
            path,
            file: file.map_err(|error| Error::unwritable(path, error))?,
            length: 0,
            digest: Digest::new(),
        };
        let length = partial.attempt(|file| Ok(file.metadata()?.len()))?;
        if length > size {
            partial.restart()?;
            return Ok(partial);
        }
        let read = partial.digest.read(&mut partial.file);
        partial.length = read.map_err(|error| Error::unreadable(path, error))?;
        Ok(partial)
    }

    /// Downloads the rest. It asks again while further bytes come.
    fn fill(
        &mut self,
        client: &Client,
        source: &Source,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<()> {
        let (begin, mut fruitless) = (self.length, 0);
        while self.length < source.size {
            let before = self.length;
            let broken = match self.receive(client, source, progress) {
                Ok(broken) => broken,
                // The server may be back soon.
                Err(error) if error.kind() == ErrorKind::Unreachable && before > begin => error,
                Err(error) => return Err(error),
            };
            if self.length == source.size {
                break;
            }
            fruitless = if self.length > before {
                0
            } else {
                fruitless + 1
            };
            if fruitless == MOST_FRUITLESS {
                return Err(broken);
            }
            thread::sleep(PAUSE * (1 << fruitless));
        }
        Ok(())
    }

    /// Downloads as much of the rest as comes by one connection. Returns the error to report if that is not enough.
    fn receive(
        &mut self,
        client: &Client,
        source: &Source,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Error> {
        let (begin, response) = client.get(&source.address, self.length)?;
        client::check(&response)?;
        if begin != self.length {
            self.restart()?;
        }
        // One byte more than expected shows that it is another file.
        let rest = (source.size - begin).saturating_add(1);
        let mut bytes = response.into_body().into_reader().take(rest);
        let mut chunk = vec![0; CHUNK];
        let reason = loop {
            progress(self.length.min(source.size), source.size);
            match bytes.read(&mut chunk) {
                Ok(0) => break "no more came".to_owned(),
                Ok(count) => self.append(&chunk[..count])?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break error.to_string(),
            }
        };
        let (length, size) = (self.length, source.size);
        if length > size {
            self.restart()?;
            return Err(refused(format!("expected {size} bytes, found more")));
        }
        Ok(refused(format!(
            "broke off after {length} of {size} bytes: {reason}; fetch it again to go on from there"
        )))
    }

    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.attempt(|file| file.write_all(bytes))?;
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn restart(&mut self) -> Result<()> {
        self.attempt(|file| {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))
        })?;
        self.digest = Digest::new();
        self.length = 0;
        Ok(())
    }

    fn attempt<T>(&mut self, change: impl FnOnce(&mut File) -> io::Result<T>) -> Result<T> {
        change(&mut self.file).map_err(|error| Error::unwritable(self.path, error))
    }
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Server, message)
}
