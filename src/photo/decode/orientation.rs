//! The orientation in EXIF data.

use image::metadata::Orientation;

/// The number of the tag.
const ORIENTATION: u16 = 0x0112;
/// The types of whole numbers of two and four bytes.
const SHORT: u16 = 3;
const LONG: u16 = 4;

/// The orientation that `exif` stores, as a short number, or as a long one as some programs do. An image with broken
/// EXIF data is still an image, so that has none.
pub fn of_exif(exif: &[u8]) -> Option<Orientation> {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let big_endian = match exif.get(..4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = *exif.get(at..)?.first_chunk()?;
        Some(match big_endian {
            true => u16::from_be_bytes(bytes),
            false => u16::from_le_bytes(bytes),
        })
    };
    let long = |at: usize| {
        let bytes = *exif.get(at..)?.first_chunk()?;
        Some(match big_endian {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        })
    };
    let directory = long(4)? as usize;
    let mut entries = (0..short(directory)?).map(|index| directory + 2 + 12 * usize::from(index));
    let entry = entries.find(|&entry| short(entry) == Some(ORIENTATION))?;
    let value = match short(entry + 2)? {
        SHORT => u64::from(short(entry + 8)?),
        LONG => u64::from(long(entry + 8)?),
        _ => return None,
    };
    of_number(value)
}

/// The orientation of the number that EXIF and TIFF store.
pub fn of_number(number: u64) -> Option<Orientation> {
    Orientation::from_exif(u8::try_from(number).ok()?)
}
