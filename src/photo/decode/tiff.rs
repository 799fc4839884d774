//! TIFF: the first image of a file.

use std::io::SeekFrom;

use tiff::decoder::{Decoder as TiffDecoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::picture::{Decoder, Picture, Samples};
use super::tiff_palette;
use super::tiff_samples::{self, Channels};
use super::{Searchable, cut_short, damaged, foreign, orientation, unreadable};
use crate::error::{Error, ErrorKind, Result};

/// The most bytes for the values of a tag, such as an ICC profile. A value takes 32 bytes in memory.
const TAG: usize = 128 << 20;
/// The most bytes of a strip or tile that is decompressed on its own.
const STRIP: usize = 256 << 20;
/// The bit of the kind of an image that says that it is a preview of another image in the file.
const PREVIEW: u64 = 1;
/// JPEG in TIFF.
const JPEG: u64 = 7;

struct Tiff<'a> {
    decoder: TiffDecoder<Box<dyn Searchable + 'a>>,
    palette: Option<Vec<u16>>,
    colours: ColorType,
    size: [u32; 2],
    memory: u64,
}

/// Reads the directory of the first image.
///
/// # Errors
/// `ErrorKind::Input` if it is not such an image, or if data is missing; `ErrorKind::Io` if it cannot be read.
pub fn open<'a>(mut reader: Box<dyn Searchable + 'a>) -> Result<Box<dyn Decoder + 'a>> {
    let length = reader.seek(SeekFrom::End(0)).map_err(unreadable)?;
    reader.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut decoder = limited(reader)?;
    let palette = tiff_palette::of(&mut decoder).map_err(undecodable)?;
    if palette.is_some() {
        decoder = limited(tiff_palette::without(decoder)?)?;
    }
    let kind = decoder.find_tag_unsigned::<u64>(Tag::NewSubfileType);
    if kind.is_ok_and(|kind| kind.is_some_and(|kind| kind & PREVIEW != 0)) {
        return Err(foreign::not_decoded(
            "a raw photo of a camera, or another TIFF file that begins with a preview",
            "`dcraw` or darktable",
        ));
    }
    let (width, height) = decoder.dimensions().map_err(undecodable)?;
    let colours = decoder.colortype().map_err(undecodable)?;
    let layout = decoder.image_buffer_layout().map_err(undecodable)?;
    if is_cut(&mut decoder, length).map_err(undecodable)? {
        return Err(cut_short());
    }
    let pixels = u64::from(width) * u64::from(height);
    let converted = u64::from(colours.num_samples()) + 6;
    Ok(Box::new(Tiff {
        memory: pixels
            .saturating_mul(converted)
            .saturating_add(layout.complete_len as u64),
        decoder,
        palette,
        colours,
        size: [width, height],
    }))
}

/// Limits with at most `buffer` bytes for pixels or the values of a tag.
fn limits(buffer: usize) -> Limits {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = buffer;
    limits.intermediate_buffer_size = STRIP;
    limits
}

fn limited<'a>(reader: Box<dyn Searchable + 'a>) -> Result<TiffDecoder<Box<dyn Searchable + 'a>>> {
    let decoder = TiffDecoder::new(reader).map_err(undecodable)?;
    Ok(decoder.with_limits(limits(TAG)))
}

/// Whether a strip or tile is not completely in a file of `length` bytes. The decoder of JPEG data does not miss rows at
/// its end, so that must have its end marker.
fn is_cut(
    decoder: &mut TiffDecoder<Box<dyn Searchable + '_>>,
    length: u64,
) -> tiff::TiffResult<bool> {
    let (offsets, lengths) = match decoder.find_tag(Tag::TileOffsets)? {
        Some(_) => (Tag::TileOffsets, Tag::TileByteCounts),
        None => (Tag::StripOffsets, Tag::StripByteCounts),
    };
    let offsets = decoder.get_tag_u64_vec(offsets)?;
    let lengths = decoder.get_tag_u64_vec(lengths)?;
    let is_jpeg = decoder.find_tag_unsigned(Tag::Compression)? == Some(JPEG);
    for (offset, bytes) in offsets.into_iter().zip(lengths) {
        let end = offset.saturating_add(bytes);
        if end > length {
            return Ok(true);
        }
        if is_jpeg {
            decoder.goto_offset_u64(end.saturating_sub(2))?;
            if [decoder.read_byte()?, decoder.read_byte()?] != [0xff, 0xd9] {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

impl Decoder for Tiff<'_> {
    fn size(&self) -> [u32; 2] {
        self.size
    }

    fn memory(&self) -> u64 {
        self.memory
    }

    fn decode(mut self: Box<Self>) -> Result<Picture> {
        let profile = self.decoder.get_tag_u8_vec(Tag::IccProfile).ok();
        let turned = self.decoder.find_tag_unsigned::<u64>(Tag::Orientation);
        // The number of pixels is limited already.
        let mut decoder = self.decoder.with_limits(limits(usize::MAX));
        let mut buffer = DecodingResult::U8(Vec::new());
        let layout = decoder.read_image_to_buffer(&mut buffer);
        let layout = layout.map_err(undecodable)?;
        if buffer.as_buffer(0).byte_len() < layout.complete_len {
            return Err(cut_short());
        }
        let bits = self.colours.bit_depth();
        let channels = Channels {
            count: usize::from(self.colours.num_samples()),
            are_planes: layout.planes > 1,
            width: self.size[0] as usize,
        };
        let samples = match (self.colours, self.palette) {
            (colours, Some(palette)) => {
                let indices = tiff_samples::indices(buffer, bits, channels.width);
                let indices = indices.ok_or_else(|| unsupported(colours))?;
                tiff_samples::coloured(&indices, &palette)
            }
            (colours, None) => {
                let levels = tiff_samples::levels(buffer, bits, &channels);
                let levels = levels.ok_or_else(|| unsupported(colours))?;
                samples(colours, levels, &channels).ok_or_else(|| unsupported(colours))?
            }
        };
        Ok(Picture {
            profile,
            orientation: turned.ok().flatten().and_then(orientation::of_number),
            ..samples.into()
        })
    }
}

/// The samples that are colours. Further ones are alpha and others.
fn samples(colours: ColorType, levels: Vec<u8>, channels: &Channels) -> Option<Samples> {
    Some(match colours {
        ColorType::Gray(_) => Samples::Gray(levels),
        ColorType::GrayA(_) | ColorType::Multiband { .. } => {
            Samples::Gray(channels.select::<1>(levels))
        }
        ColorType::RGB(_) | ColorType::RGBA(_) => Samples::Rgb(channels.select::<3>(levels)),
        ColorType::CMYK(_) | ColorType::CMYKA(_) => Samples::Cmyk(channels.select::<4>(levels)),
        ColorType::YCbCr(8) => {
            let mut levels = levels;
            for pixel in levels.as_chunks_mut().0 {
                *pixel = super::ycbcr::to_rgb(*pixel);
            }
            Samples::Rgb(levels)
        }
        _ => return None,
    })
}

fn unsupported(colours: ColorType) -> Error {
    Error::new(
        ErrorKind::Input,
        format!("a TIFF image with samples that are not decoded: {colours:?}"),
    )
}

fn undecodable(error: TiffError) -> Error {
    match error {
        TiffError::IoError(error) => unreadable(error),
        TiffError::LimitsExceeded => damaged("it needs far more memory than its pixels do"),
        error => damaged(error),
    }
}
