//! Sources of photos.

use std::fmt;
use std::io::Cursor;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use super::Photo;
use super::budget::Budget;
use super::decode::{self, MEMORY};
use super::piped::PipedImage;
use crate::error::{Error, Result};

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
}

impl Source {
    /// The source that a user names by `path`: a file, or standard input for `-`.
    pub fn named(path: &Path) -> Self {
        match path.as_os_str() == "-" {
            true => Source::Stdin,
            false => Source::File(path.to_path_buf()),
        }
    }

    /// Decodes the photo.
    ///
    /// # Errors
    /// The same as [`Photo::open`].
    pub fn open(&self) -> Result<Photo> {
        decode::decode(self, &Budget::new(MEMORY), Ok).map_err(|error| error.in_context(self))
    }
}

/// The name: a path, or `-`. Different names have different texts: a byte that is not UTF-8 is `\xNN`, and where `\` is
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

impl Photo {
    /// Decodes the image file at `path` and rotates it by its EXIF data. The format is BMP, GIF (first picture), JPEG,
    /// PNG, PNM, TIFF or WebP, with any extension. The alpha channel is dropped, as by Pillow's `convert("RGB")`. Needs
    /// the feature `photos`.
    ///
    /// ```no_run
    /// let photo = menagerie::Photo::open("cat.jpg")?;
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be read,
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if it is not an image, or if decoding needs more than 1 GiB of
    /// memory.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Source::File(path.as_ref().to_path_buf()).open()
    }

    /// Decodes the bytes of an image file, in the same way as [`Photo::open`]. Needs the feature `photos`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) as [`Photo::open`].
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let named = |error: Error| error.in_context("image");
        decode::image(Cursor::new(bytes), &Budget::new(MEMORY), Ok).map_err(named)
    }
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
