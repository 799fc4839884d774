//! Decoding an image file to pixels.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

use super::budget::{Budget, Loan};
use super::{Photo, Source};
use crate::error::{Error, ErrorKind, Result};

/// The most memory for decoding. It limits small files that decode to huge images, and is enough for an RGB image of
/// 357 million pixels.
pub const MEMORY: u64 = 1 << 30;
/// The longest file that is read into memory because it is not seekable.
const LONGEST_STREAM: u64 = 512 << 20;

/// Decodes the photo of `source` and passes it to `use_photo`. The memory for its pixels is taken from `budget`, of
/// [`MEMORY`] bytes.
///
/// # Errors
/// `ErrorKind::Io` if it cannot be read, `ErrorKind::Input` if it is not an image or too large, and the errors of
/// `use_photo`.
pub fn decode<T>(
    source: &Source,
    budget: &Budget,
    use_photo: impl FnOnce(Photo) -> Result<T>,
) -> Result<T> {
    match source {
        Source::Stdin => image(whole(io::stdin().lock())?, budget, use_photo),
        Source::Piped(bytes) => image(Cursor::new(bytes.bytes()), budget, use_photo),
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
pub fn whole(reader: impl Read) -> Result<Cursor<Vec<u8>>> {
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

/// The traits that decoders need. As one trait object, decoders are compiled only once.
trait Searchable: BufRead + Seek {}

impl<T: BufRead + Seek> Searchable for T {}

/// The same as [`decode`], for a seekable image.
pub fn image<T>(
    mut reader: impl BufRead + Seek,
    budget: &Budget,
    use_photo: impl FnOnce(Photo) -> Result<T>,
) -> Result<T> {
    let (photo, _loan) = pixels(&mut reader, budget)?;
    use_photo(photo)
}

/// The photo, and the budget of its pixels.
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

/// The bytes of the pixels, plus those of the converted pixels if they are not RGB. Most decoders do not check this
/// themselves.
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
