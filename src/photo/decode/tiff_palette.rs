//! Palettes of TIFF images. The crate `tiff` does not decode an image with a palette, but it does decode the same indices as
//! levels of gray.

use std::io::{Cursor, SeekFrom};

use tiff::TiffResult;
use tiff::decoder::Decoder;
use tiff::tags::{ByteOrder, Tag};

use super::{Searchable, cut_short, unreadable, whole};
use crate::error::Result;

/// The interpretation of samples as indices, and as levels of gray.
const PALETTE: u16 = 3;
const GRAY: u16 = 1;

/// The palette of an image with one.
pub fn of(decoder: &mut Decoder<Box<dyn Searchable + '_>>) -> TiffResult<Option<Vec<u16>>> {
    let kind: Option<u16> = decoder.find_tag_unsigned(Tag::PhotometricInterpretation)?;
    if kind != Some(PALETTE) {
        return Ok(None);
    }
    decoder.get_tag_u16_vec(Tag::ColorMap).map(Some)
}

/// A copy of the file that says that its indices are levels of gray.
///
/// # Errors
/// Those of reading the file.
pub fn without<'a>(
    mut decoder: Decoder<Box<dyn Searchable + 'a>>,
) -> Result<Box<dyn Searchable + 'a>> {
    let directory = decoder.ifd_pointer().map_or(0, |pointer| pointer.0);
    let order = decoder.byte_order();
    let reader = decoder.inner();
    reader.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut file = whole(reader)?;
    let value = position(&file, directory, order).ok_or_else(cut_short)?;
    let gray = match order {
        ByteOrder::LittleEndian => GRAY.to_le_bytes(),
        ByteOrder::BigEndian => GRAY.to_be_bytes(),
    };
    let stored = file.get_mut(value..value + 2).ok_or_else(cut_short)?;
    stored.copy_from_slice(&gray);
    Ok(Box::new(Cursor::new(file)))
}

/// The position of the interpretation in `file`, of the directory at `directory`.
fn position(file: &[u8], directory: u64, order: ByteOrder) -> Option<usize> {
    let short = |at: usize| {
        let bytes = *file.get(at..)?.first_chunk()?;
        Some(match order {
            ByteOrder::LittleEndian => u16::from_le_bytes(bytes),
            ByteOrder::BigEndian => u16::from_be_bytes(bytes),
        })
    };
    let is_big = short(2)? == 43;
    // The bytes of a count of entries, of an entry, and before the value in it.
    let (count, entry, before) = if is_big { (8, 20, 12) } else { (2, 12, 8) };
    let first = usize::try_from(directory).ok()?.checked_add(count)?;
    let mut entries = (first..file.len()).step_by(entry);
    let tag = Tag::PhotometricInterpretation.to_u16();
    Some(entries.find(|&at| short(at) == Some(tag))? + before)
}
