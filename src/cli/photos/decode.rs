//! From a file to pixels.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, RgbImage};
use menagerie::{Error, ErrorKind, Result};

use super::Source;

/// Memory that decoding one image may take. It bounds what a small file that unfolds to a huge image
/// can do, and leaves room for 178 million RGB pixels.
const MEMORY: u64 = 512 << 20;
/// Longest file that is read whole because it cannot be searched.
const LONGEST_STREAM: u64 = 512 << 20;

/// The pixels of `source`, turned as its EXIF data says. Transparency is dropped and the colour under
/// it stays, as Pillow's `convert("RGB")` does.
///
/// # Errors
/// `ErrorKind::Io` where it cannot be read, `ErrorKind::Input` where it is no image or too large a one.
pub fn decode(source: &Source) -> Result<RgbImage> {
    match source {
        Source::Stdin => image(whole(io::stdin().lock())?),
        Source::File(path) if is_searchable(path)? => {
            image(BufReader::new(File::open(path).map_err(unreadable)?))
        }
        Source::File(path) => image(whole(File::open(path).map_err(unreadable)?)?),
    }
}

/// Whether decoders can jump about in the file: a pipe, such as a shell's `<(...)`, must be read whole.
fn is_searchable(path: &Path) -> Result<bool> {
    fs::metadata(path)
        .map(|file| file.is_file())
        .map_err(unreadable)
}

fn whole(reader: impl Read) -> Result<Cursor<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader
        .take(LONGEST_STREAM + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST_STREAM {
        return Err(Error::new(
            ErrorKind::Input,
            format!("longer than {} MiB, the limit", LONGEST_STREAM >> 20),
        ));
    }
    Ok(Cursor::new(bytes))
}

fn image(reader: impl BufRead + Seek) -> Result<RgbImage> {
    let mut reader = ImageReader::new(reader)
        .with_guessed_format()
        .map_err(unreadable)?;
    if reader
        .format()
        .is_none_or(|format| !format.reading_enabled())
    {
        return Err(Error::new(
            ErrorKind::Input,
            "not an image (BMP, GIF, JPEG, PNG, PNM, TIFF and WebP are known)",
        ));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(undecodable)?;
    // Most decoders leave this check to their caller.
    let needed = decoder.total_bytes();
    if needed > MEMORY {
        let (width, height) = decoder.dimensions();
        return Err(Error::new(
            ErrorKind::Input,
            format!(
                "{width}x{height} pixels take {} MiB, and the limit is {} MiB",
                needed.div_ceil(1 << 20),
                MEMORY >> 20
            ),
        ));
    }
    // An image with broken EXIF data is still an image.
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).map_err(undecodable)?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Ok(image.into_rgb8())
}

fn unreadable(error: io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("cannot be read: {error}"))
}

fn undecodable(error: ImageError) -> Error {
    match error {
        ImageError::IoError(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            unreadable(error)
        }
        ImageError::Limits(_) => Error::new(
            ErrorKind::Input,
            format!("decoding takes more than {} MiB, the limit", MEMORY >> 20),
        ),
        error => Error::new(ErrorKind::Input, format!("cannot be decoded: {error}")),
    }
}
