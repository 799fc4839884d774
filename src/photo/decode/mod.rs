//! Decoding an image file to a photo.

mod color;
mod foreign;
mod format;
mod gif;
mod ico;
mod jpeg;
mod jpeg_markers;
mod orientation;
mod picture;
mod png_exif;
mod raster;
mod tga;
mod tiff;
mod tiff_palette;
mod tiff_samples;
mod ycbcr;

pub use format::{FORMATS, Format};

use std::error::Error as StdError;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::{DynamicImage, ImageError, RgbImage};

use self::format::{Codec, START};
use self::picture::{Decoder, Picture};
use super::budget::{Budget, Loan};
use super::{Decoding, Photo, Source};
use crate::error::{Error, ErrorKind, Result};

/// The memory that the decoding threads of a stream share. A larger photo is decoded while no other one is.
pub const MEMORY: u64 = 1 << 30;
/// The longest file that is read into memory.
const LONGEST_FILE: u64 = 512 << 20;

/// The traits that decoders need. As one trait object, decoders are compiled only once.
pub trait Searchable: BufRead + Seek {}

impl<T: BufRead + Seek> Searchable for T {}

/// Decodes the photo of `source` and passes it to `use_photo`. The memory for its pixels is taken from `budget`.
///
/// # Errors
/// `ErrorKind::Io` if it cannot be read, `ErrorKind::Input` if it is not a complete image, `ErrorKind::TooManyPixels`,
/// and the errors of `use_photo`.
pub fn decode<T>(
    source: &Source,
    decoding: &Decoding,
    budget: &Budget,
    use_photo: impl FnOnce(Photo) -> Result<T>,
) -> Result<T> {
    let reader: Box<dyn Searchable> = match source {
        Source::Decoded(photo) => return use_photo(photo.clone()),
        Source::Piped(bytes) => Box::new(Cursor::new(bytes.bytes())),
        Source::Bytes(bytes) => Box::new(Cursor::new(&**bytes)),
        Source::Stdin => Box::new(Cursor::new(whole(io::stdin().lock())?)),
        Source::File(path) if is_searchable(path)? => {
            Box::new(BufReader::new(File::open(path).map_err(unreadable)?))
        }
        Source::File(path) => Box::new(Cursor::new(whole(File::open(path).map_err(unreadable)?)?)),
    };
    let (photo, _loan) = photo(reader, decoding, budget)?;
    use_photo(photo)
}

/// Whether the file is seekable. A pipe, such as a shell's `<(...)`, is not.
fn is_searchable(path: &Path) -> Result<bool> {
    fs::metadata(path)
        .map(|file| file.is_file())
        .map_err(unreadable)
}

/// Reads all bytes of `reader`.
///
/// # Errors
/// `ErrorKind::Io` if it cannot be read, `ErrorKind::Input` if it is too long.
pub fn whole(reader: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader
        .take(LONGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(Error::new(
            ErrorKind::Input,
            format!("longer than {} MiB, the limit", LONGEST_FILE >> 20),
        ));
    }
    Ok(bytes)
}

/// The photo in `reader`, and the budget of its pixels.
///
/// # Errors
/// Those of [`decode`].
pub fn photo<'a>(
    reader: Box<dyn Searchable + '_>,
    decoding: &Decoding,
    budget: &'a Budget,
) -> Result<(Photo, Loan<'a>)> {
    let decoder = open(reader)?;
    let (size, memory) = (decoder.size(), decoder.memory());
    decoding.check(size, memory)?;
    let loan = budget.lend(memory);
    let picture = without_panic(|| decoder.decode())?;
    Ok((upright(picture, size, decoding)?, loan))
}

/// The result of `decode`, or an error if it panics: decoders of other crates make assumptions that a damaged file can break.
/// `decode` owns all that it changes, so nothing is left in a wrong state.
fn without_panic(decode: impl FnOnce() -> Result<Picture>) -> Result<Picture> {
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(damaged("the decoder failed an assertion of its own")))
}

/// The decoder of the format that the file begins with.
fn open<'a>(mut reader: Box<dyn Searchable + 'a>) -> Result<Box<dyn Decoder + 'a>> {
    let mut start = Vec::with_capacity(START);
    Read::take(&mut reader, START as u64)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    reader.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    // A raw photo of a camera may begin as TIFF does.
    if let Some(error) = foreign::refused_image(&start) {
        return Err(error);
    }
    match Format::of(&start).map(Format::codec) {
        Some(Codec::Gif) => gif::open(reader),
        Some(Codec::Ico) => ico::open(reader),
        Some(Codec::Jpeg) => jpeg::open(whole(reader)?),
        Some(Codec::Tiff) => tiff::open(reader),
        Some(Codec::Image(format)) => raster::open(format, reader),
        None => Err(foreign::no_image(&start)),
    }
}

/// `picture` of `size` in sRGB, turned upright.
fn upright(picture: Picture, [width, height]: [u32; 2], decoding: &Decoding) -> Result<Photo> {
    let orientation = picture.orientation.filter(|_| decoding.uses_orientation());
    let rgb = color::to_srgb(picture, decoding.uses_profile());
    let image = RgbImage::from_raw(width, height, rgb).ok_or_else(cut_short)?;
    let mut image = DynamicImage::ImageRgb8(image);
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    let [width, height] = [image.width(), image.height()].map(|side| side as usize);
    Photo::new(width, height, image.into_rgb8().into_raw())
}

/// Whether `bytes` begin as an image file does, of the formats that are decoded or refused by name.
pub fn begins_image(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(START)];
    Format::of(start).is_some() || foreign::refused_image(start).is_some()
}

/// Whether files with the extension of `path` are images, of the formats that are decoded or refused by name.
pub fn has_image_extension(path: &Path) -> bool {
    let Some(extension) = path.extension().and_then(|extension| extension.to_str()) else {
        return false;
    };
    let extension = extension.to_ascii_lowercase();
    let known = FORMATS.iter().map(Format::extensions);
    known
        .chain(foreign::FOREIGN.iter().map(|foreign| foreign.extensions))
        .any(|extensions| extensions.contains(&extension.as_str()))
}

fn unreadable(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => cut_short(),
        // Decoders report damage in this way.
        _ if error.raw_os_error().is_none() => damaged(error),
        _ => Error::new(ErrorKind::Io, format!("cannot be read: {error}")).caused_by(error),
    }
}

/// That data is missing.
fn cut_short() -> Error {
    Error::new(
        ErrorKind::Input,
        "cut short: the file ends before the last row of pixels",
    )
}

/// That the data is wrong.
fn damaged(why: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    let why = why.into();
    let message = format!("cannot be decoded, so it may be damaged or cut short: {why}");
    Error::new(ErrorKind::Input, message).caused_by(why)
}

fn undecodable(error: ImageError) -> Error {
    match error {
        ImageError::IoError(error) => unreadable(error),
        ImageError::Limits(_) => damaged("it needs far more memory than its pixels do"),
        error => damaged(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_panics_is_an_error() {
        let error = without_panic(|| panic!("a broken assumption"))
            .err()
            .unwrap();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert_eq!(
            error.to_string(),
            "cannot be decoded, so it may be damaged or cut short: the decoder failed an assertion of its own"
        );
    }
}
