//! From a file to pixels.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

use super::budget::{Budget, Loan};
use super::{Photo, Source};
use crate::error::{Error, ErrorKind, Result};

/// Memory that decoding may take. It bounds what small files that unfold to huge images can do, and
/// leaves room for an RGB image of 357 million pixels.
pub const MEMORY: u64 = 1 << 30;
/// Longest file that is read whole because it cannot be searched.
const LONGEST_STREAM: u64 = 512 << 20;

/// Hands the photo of `source` to `use_photo`. The memory that its pixels take is lent by `budget`, of [`MEMORY`] bytes.
///
/// # Errors
/// `ErrorKind::Io` where it cannot be read, `ErrorKind::Input` where it is no image or too large a one,
/// and what `use_photo` returns.
pub fn decode<T>(
    source: &Source,
    budget: &Budget,
    use_photo: impl FnOnce(Photo) -> Result<T>,
) -> Result<T> {
    match source {
        Source::Stdin => image(whole(io::stdin().lock())?, budget, use_photo),
        Source::File(path) if is_searchable(path)? => {
            let file = File::open(path).map_err(unreadable)?;
            image(BufReader::new(file), budget, use_photo)
        }
        Source::File(path) => {
            let file = File::open(path).map_err(unreadable)?;
            image(whole(file)?, budget, use_photo)
        }
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

/// What decoders need of a file: one name for it, so that they are compiled once.
trait Searchable: BufRead + Seek {}

impl<T: BufRead + Seek> Searchable for T {}

/// As [`decode`], of an image that can be searched.
pub fn image<T>(
    mut reader: impl BufRead + Seek,
    budget: &Budget,
    use_photo: impl FnOnce(Photo) -> Result<T>,
) -> Result<T> {
    let (photo, _loan) = pixels(&mut reader, budget)?;
    use_photo(photo)
}

/// The photo, and the memory that its pixels take.
fn pixels<'a>(reader: &mut dyn Searchable, budget: &'a Budget) -> Result<(Photo, Loan<'a>)> {
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
    let loan = budget.lend(memory(&decoder)?);
    // An image with broken EXIF data is still an image.
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).map_err(undecodable)?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    let image = image.into_rgb8();
    let [width, height] = [image.width(), image.height()].map(|side| side as usize);
    Ok((Photo::new(width, height, image.into_raw())?, loan))
}

/// Bytes that the pixels take, and once more where they are converted to RGB. Most decoders leave it to
/// their caller to look at this before they begin.
fn memory(decoder: &impl ImageDecoder) -> Result<u64> {
    let (width, height) = decoder.dimensions();
    let rgb = 3 * u64::from(width) * u64::from(height);
    let needed = match decoder.color_type() {
        ColorType::Rgb8 => rgb,
        _ => rgb.saturating_add(decoder.total_bytes()),
    };
    if needed <= MEMORY {
        return Ok(needed);
    }
    Err(Error::new(
        ErrorKind::Input,
        format!(
            "decoding {width}x{height} pixels takes {} MiB, and the limit is {} MiB",
            needed.div_ceil(1 << 20),
            MEMORY >> 20
        ),
    ))
}

fn unreadable(error: io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("cannot be read: {error}")).caused_by(error)
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
        error => {
            Error::new(ErrorKind::Input, format!("cannot be decoded: {error}")).caused_by(error)
        }
    }
}
