//! ICO: the largest image of an icon.

use std::io::Cursor;

use image::ImageFormat;

use super::picture::Decoder;
use super::{Searchable, raster, whole};
use crate::error::Result;

/// The bytes of the header, and of an entry of the directory.
const HEADER: usize = 6;
const ENTRY: usize = 16;

/// Reads the header of the largest image.
///
/// # Errors
/// `ErrorKind::Input` if it is not such an image, `ErrorKind::Io` if it cannot be read.
pub fn open<'a>(reader: Box<dyn Searchable + 'a>) -> Result<Box<dyn Decoder + 'a>> {
    let file = whole(reader)?;
    // The decoder of icons accepts only some kinds of PNG.
    match largest(&file).filter(|image| image.starts_with(b"\x89PNG")) {
        Some(png) => raster::open(ImageFormat::Png, Box::new(Cursor::new(png.to_vec()))),
        None => raster::open(ImageFormat::Ico, Box::new(Cursor::new(file))),
    }
}

/// The bytes of the largest image, or of the one with the most bits of several.
fn largest(file: &[u8]) -> Option<&[u8]> {
    let entries = file.get(HEADER..)?.as_chunks::<ENTRY>().0.iter();
    let count = usize::from(u16::from_le_bytes([*file.get(4)?, *file.get(5)?]));
    let largest = entries.take(count).max_by_key(|entry| {
        // Zero is 256.
        let [width, height] = [entry[0], entry[1]].map(|side| u32::from(side.wrapping_sub(1)));
        ((width + 1) * (height + 1), entry[6])
    })?;
    let word = |at: usize| {
        largest[at..]
            .first_chunk()
            .map(|bytes| u32::from_le_bytes(*bytes))
    };
    let [length, start] = [word(8)?, word(12)?].map(|number| number as usize);
    // A PNG decoder finds what is missing of it.
    let image = file.get(start..)?;
    Some(&image[..length.min(image.len())])
}
