//! Small pictures of photos inside a page.

use base64::prelude::{BASE64_STANDARD, Engine};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, RgbImage};
use menagerie::photo::{Decoding, Source};
use menagerie::{Error, ErrorKind, Result};

/// The longer side of a picture in pixels.
const SIDE: u32 = 256;
/// The quality of the JPEG files, 1 to 100.
const QUALITY: u8 = 85;

/// The address of a small picture of the photo of `source`, which contains the picture itself.
///
/// # Errors
/// Those of decoding the photo.
pub fn address(source: &Source, decoding: &Decoding) -> Result<String> {
    let photo = decoding.open_source(source)?;
    let [width, height] = [photo.width(), photo.height()].map(|side| side as u32);
    let picture = RgbImage::from_raw(width, height, photo.into_rgb()).unwrap_or_default();
    let picture = DynamicImage::ImageRgb8(picture);
    let small = match width.max(height) > SIDE {
        true => picture.thumbnail(SIDE, SIDE),
        false => picture,
    };
    let mut file = Vec::new();
    small
        .write_with_encoder(JpegEncoder::new_with_quality(&mut file, QUALITY))
        .map_err(|error| {
            Error::new(ErrorKind::Input, format!("cannot be encoded: {error}")).caused_by(error)
        })?;
    Ok(format!(
        "data:image/jpeg;base64,{}",
        BASE64_STANDARD.encode(file)
    ))
}
