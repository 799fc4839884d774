//! Formats that the crate `image` decodes.

use std::io::{self, SeekFrom};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::picture::{Decoder, Picture, Samples, srgb_level};
use super::{Searchable, cut_short, orientation, undecodable, unreadable};
use crate::error::Result;

/// Bytes that a decoder may allocate in addition to the pixels: metadata, palettes and buffers.
const TABLES: u64 = 64 << 20;

struct Raster<'a> {
    decoder: Box<dyn ImageDecoder + 'a>,
    is_linear: bool,
}

/// Reads the header of the image of `format` in `reader`.
///
/// # Errors
/// `ErrorKind::Input` if it is not such an image, `ErrorKind::Io` if it cannot be read.
pub fn open<'a>(
    format: ImageFormat,
    mut reader: Box<dyn Searchable + 'a>,
) -> Result<Box<dyn Decoder + 'a>> {
    if format == ImageFormat::WebP && is_cut(&mut *reader).map_err(unreadable)? {
        return Err(cut_short());
    }
    let mut reader = ImageReader::with_format(reader, format);
    // The number of pixels is limited below.
    reader.limits(Limits::no_limits());
    let decoder = reader.into_decoder().map_err(undecodable)?;
    Ok(Box::new(Raster {
        decoder: Box::new(decoder),
        is_linear: matches!(format, ImageFormat::Hdr | ImageFormat::OpenExr),
    }))
}

/// Whether a WebP file is shorter than its header says. Orientation is stored after the pixels.
fn is_cut(reader: &mut dyn Searchable) -> io::Result<bool> {
    let mut header = [0; 8];
    reader.read_exact(&mut header)?;
    let [_, _, _, _, size @ ..] = header;
    let length = reader.seek(SeekFrom::End(0))?;
    reader.seek(SeekFrom::Start(0))?;
    Ok(length < u64::from(u32::from_le_bytes(size)) + header.len() as u64)
}

impl Decoder for Raster<'_> {
    fn size(&self) -> [u32; 2] {
        self.decoder.dimensions().into()
    }

    fn memory(&self) -> u64 {
        let [width, height] = self.size().map(u64::from);
        // Light is converted as floats.
        let converted = if self.is_linear { 15 } else { 3 };
        let stored = self.decoder.total_bytes();
        stored.saturating_add((width * height).saturating_mul(converted))
    }

    fn decode(mut self: Box<Self>) -> Result<Picture> {
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(2 * self.memory() + TABLES);
        self.decoder.set_limits(limits).map_err(undecodable)?;
        let profile = self.decoder.icc_profile().ok().flatten();
        let exif = self.decoder.exif_metadata().ok().flatten();
        let image = DynamicImage::from_decoder(self.decoder).map_err(undecodable)?;
        let samples = match image {
            image if self.is_linear => {
                let light = image.into_rgb32f().into_raw();
                Samples::Rgb(light.into_iter().map(srgb_level).collect())
            }
            image if image.color().has_color() => Samples::Rgb(image.into_rgb8().into_raw()),
            image => Samples::Gray(image.into_luma8().into_raw()),
        };
        Ok(Picture {
            profile,
            orientation: exif.and_then(|exif| orientation::of_exif(&exif)),
            ..samples.into()
        })
    }
}
