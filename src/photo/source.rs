//! Sources of photos.

use std::fmt;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;

use super::piped::PipedImage;
use super::{Decoding, Photo};
use crate::error::Result;

/// The source of a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// The first image of standard input.
    Stdin,
    /// One of the images of [`Piped`](super::Piped).
    Piped(PipedImage),
    /// The bytes of an image file.
    Bytes(Arc<[u8]>),
    /// A photo that is decoded already, so that no option of decoding applies.
    Decoded(Photo),
}

impl Source {
    /// The source that a user names by `path`: a file, or standard input for `-`.
    pub fn named(path: &Path) -> Self {
        match path.as_os_str() == "-" {
            true => Source::Stdin,
            false => Source::File(path.to_path_buf()),
        }
    }

    /// Decodes the photo, with the defaults of [`Decoding`].
    ///
    /// # Errors
    /// The same as [`Photo::open`].
    pub fn open(&self) -> Result<Photo> {
        Decoding::new().open_source(self)
    }
}

/// The name: a path, `-`, or `an image in memory`. Different names have different texts: a byte that is not UTF-8 is `\xNN`, and where `\` is
/// no separator, it is `\\`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::File(path) => write_path(f, path),
            Source::Stdin => f.write_str("-"),
            Source::Piped(image) => match image.number() {
                Some(number) => write!(f, "-:{number}"),
                None => f.write_str("-"),
            },
            Source::Bytes(_) | Source::Decoded(_) => f.write_str("an image in memory"),
        }
    }
}

fn write_path(f: &mut fmt::Formatter<'_>, path: &Path) -> fmt::Result {
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        match MAIN_SEPARATOR {
            '\\' => f.write_str(chunk.valid())?,
            _ => f.write_str(&chunk.valid().replace('\\', "\\\\"))?,
        }
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02x}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn different_names_have_different_texts() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        for (name, text) in [
            (&b"caf\xc3\xa9.png"[..], "caf\u{e9}.png"),
            (b"a\xff.png", "a\\xff.png"),
            (b"a\xfe.png", "a\\xfe.png"),
            (b"a\\xff.png", "a\\\\xff.png"),
            (b"-", "-"),
        ] {
            let source = Source::named(Path::new(OsStr::from_bytes(name)));
            assert_eq!(source.to_string(), text);
        }
    }
}
