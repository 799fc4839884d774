//! Downloading a file. An interrupted download is kept, and the next download continues it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::server::{RemoteFile, Server};
use crate::error::{Error, Result};

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

/// Downloads the missing rest of `remote` to the file at `partial`. It calls `progress` with the number of bytes so far
/// and the total. Returns `true` if the file already had some bytes before: they are not checked.
///
/// # Errors
/// `ErrorKind::Server` if the server sends too few or too many bytes. `ErrorKind::Io` if they cannot be written.
pub(super) fn complete(
    server: &Server,
    remote: &RemoteFile,
    partial: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<bool> {
    let failed = |error: io::Error| Error::unwritable(partial, error);
    let mut file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(partial)
        .map_err(failed)?;
    let there = file.metadata().map_err(failed)?.len();
    if there == remote.size {
        return Ok(there > 0);
    }
    let offset = if there < remote.size { there } else { 0 };
    let (begin, bytes) = server.read(remote, offset)?;
    file.set_len(begin).map_err(failed)?;
    file.seek(SeekFrom::Start(begin)).map_err(failed)?;

    // One byte more than expected shows that it is another file.
    let mut bytes = bytes.take((remote.size - begin).saturating_add(1));
    let mut length = begin;
    let mut chunk = vec![0; CHUNK];
    let ending = loop {
        progress(length.min(remote.size), remote.size);
        match bytes.read(&mut chunk) {
            Ok(0) => break None,
            Ok(count) => {
                file.write_all(&chunk[..count]).map_err(failed)?;
                length += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Some(error),
        }
    };
    if length > remote.size {
        file.set_len(0).map_err(failed)?;
        let size = remote.size;
        return Err(server.error(format!("{remote}: expected {size} bytes, found more")));
    }
    file.sync_all().map_err(failed)?;
    if length < remote.size {
        let reason = ending.map_or("no more came".to_owned(), |error| error.to_string());
        return Err(server.error(format!(
            "{remote}: broke off after {length} of {} bytes: {reason}; fetch it again to go on from there",
            remote.size
        )));
    }
    Ok(begin > 0)
}
