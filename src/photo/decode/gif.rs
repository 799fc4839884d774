//! GIF: the first frame on its canvas.

use std::num::NonZero;

use gif::{DecodeOptions, DecodingError, MemoryLimit};

use super::picture::{Decoder, Picture, Samples};
use super::{Searchable, cut_short, damaged, unreadable};
use crate::error::{Error, Result};

/// The most bytes for metadata. Pixels are limited by their number.
const METADATA: u64 = 16 << 20;

struct Gif<'a> {
    decoder: gif::Decoder<Box<dyn Searchable + 'a>>,
    canvas: [u32; 2],
}

/// Reads everything before the pixels of the first frame.
///
/// # Errors
/// `ErrorKind::Input` if it is not such an image, `ErrorKind::Io` if it cannot be read.
pub fn open<'a>(reader: Box<dyn Searchable + 'a>) -> Result<Box<dyn Decoder + 'a>> {
    let mut options = DecodeOptions::new();
    if let Some(metadata) = NonZero::new(METADATA) {
        options.set_memory_limit(MemoryLimit::Bytes(metadata));
    }
    let mut decoder = options.read_info(reader).map_err(undecodable)?;
    let canvas = [decoder.width(), decoder.height()].map(u32::from);
    let frame = decoder.next_frame_info().map_err(undecodable)?;
    let frame = frame.ok_or_else(|| damaged("it has no frame"))?;
    // A frame that is larger than the canvas makes the canvas larger.
    let right = u32::from(frame.left) + u32::from(frame.width);
    let bottom = u32::from(frame.top) + u32::from(frame.height);
    Ok(Box::new(Gif {
        canvas: [canvas[0].max(right), canvas[1].max(bottom)],
        decoder,
    }))
}

impl Decoder for Gif<'_> {
    fn size(&self) -> [u32; 2] {
        self.canvas
    }

    fn memory(&self) -> u64 {
        let [width, height] = self.canvas.map(u64::from);
        // Indices of the frame and of the canvas, and colours.
        5 * width * height
    }

    fn decode(mut self: Box<Self>) -> Result<Picture> {
        let frame = self.decoder.current_frame_info();
        let frame = frame.ok_or_else(|| damaged("it has no frame"))?;
        let [left, top, width, height] =
            [frame.left, frame.top, frame.width, frame.height].map(usize::from);
        // Pillow fills the canvas in this way, too.
        let background = frame.transparent.unwrap_or(0);
        let palette = self.decoder.palette().map_err(undecodable)?.to_vec();
        let mut indices = vec![0; width * height];
        self.decoder
            .read_into_buffer(&mut indices)
            .map_err(undecodable)?;
        let [canvas_width, canvas_height] = self.canvas.map(|side| side as usize);
        let mut canvas = vec![background; canvas_width * canvas_height];
        if width > 0 {
            let rows = canvas.chunks_exact_mut(canvas_width).skip(top);
            for (row, indices) in rows.zip(indices.chunks_exact(width)) {
                row[left..left + width].copy_from_slice(indices);
            }
        }
        drop(indices);
        let colours = palette.as_chunks::<3>().0;
        let colour = |index: u8| colours.get(usize::from(index)).copied().unwrap_or_default();
        let rgb = canvas.into_iter().flat_map(colour).collect();
        Ok(Picture {
            profile: self.decoder.icc_profile().map(<[u8]>::to_vec),
            ..Samples::Rgb(rgb).into()
        })
    }
}

fn undecodable(error: DecodingError) -> Error {
    match error {
        DecodingError::Io(error) => unreadable(error),
        DecodingError::UnexpectedEof => cut_short(),
        error => damaged(error),
    }
}
