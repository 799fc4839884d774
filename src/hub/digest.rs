//! SHA-256 of files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use ring::digest::{Context, SHA256};

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

/// The SHA-256 of some bytes, as they come.
pub(super) struct Digest(Context);

impl Digest {
    pub(super) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds all bytes of `source`, and returns their number.
    pub(super) fn read(&mut self, source: &mut impl Read) -> io::Result<u64> {
        let mut chunk = vec![0; CHUNK];
        let mut length = 0;
        loop {
            match source.read(&mut chunk) {
                Ok(0) => return Ok(length),
                Ok(count) => {
                    self.update(&chunk[..count]);
                    length += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The SHA-256 of the bytes so far, in lower-case hexadecimal digits.
    pub(super) fn digits(&self) -> String {
        let digest = self.0.clone().finish();
        let bytes = digest.as_ref().iter();
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }
}

/// SHA-256 of the file at `path`, in the form of [`Digest::digits`].
pub(crate) fn sha256(path: &Path) -> io::Result<String> {
    let mut digest = Digest::new();
    digest.read(&mut File::open(path)?)?;
    Ok(digest.digits())
}

/// Whether `stated` is the beginning of the SHA-256 `found`. Torchvision states 8 digits or more.
pub(super) fn is_beginning(stated: &str, found: &str) -> bool {
    stated.len() >= 8 && found.starts_with(stated)
}

/// Whether `text` is a SHA-256 in the form of [`Digest::digits`].
pub(super) fn is_sha256(text: &str) -> bool {
    super::cache::is_hexadecimal(text, 64)
}
