//! JPEG.

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::jpeg_markers::Markers;
use super::picture::{Decoder, Picture, Samples};
use super::{cut_short, damaged, foreign, orientation};
use crate::error::{Error, ErrorKind, Result};

/// What replaces the end marker: one bits, and another end marker. No Huffman code consists of ones only, so a decoder
/// that reads on into them fails. Otherwise, it would continue with zeros and return a picture.
const END: [u8; 18] = *b"\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\xd9";

struct Jpeg {
    decoder: JpegDecoder<ZCursor<Vec<u8>>>,
    colours: ColorSpace,
    is_closed: bool,
    size: [u32; 2],
    memory: u64,
}

/// Reads the headers of `file`.
///
/// # Errors
/// `ErrorKind::Input` if it is not such an image, or if data is missing.
pub fn open(mut file: Vec<u8>) -> Result<Box<dyn Decoder>> {
    let markers = Markers::read(&file).ok_or_else(cut_short)?;
    if let Some((kind, converter)) = markers.frame.foreign() {
        return Err(foreign::not_decoded(kind, converter));
    }
    if markers.is_cut() {
        return Err(cut_short());
    }
    // The decoder takes the number for CMYK. With another one, it takes the samples for luma and chroma, and can leave them
    // as they are.
    if let Some(transform) = markers.adobe_rgb {
        file[transform] = 1;
    }
    // Whatever follows the image is left out, too.
    file.truncate(markers.end);
    file.extend(END);
    // Headers may have mistakes that change no pixel.
    let options = DecoderOptions::default()
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
        .set_strict_mode(false);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(undecodable)?;
    let (Some((width, height)), Some(stored)) = (decoder.dimensions(), decoder.input_colorspace())
    else {
        return Err(damaged("it has no frame"));
    };
    let colours = match stored {
        ColorSpace::Luma | ColorSpace::CMYK | ColorSpace::YCCK => stored,
        ColorSpace::YCbCr if markers.adobe_rgb.is_some() => stored,
        _ => ColorSpace::RGB,
    };
    let options = options.jpeg_set_out_colorspace(colours);
    decoder.set_options(options.set_strict_mode(true));
    let pixels = width as u64 * height as u64;
    // A progressive image is in memory as coefficients of two bytes.
    let coefficients = match markers.frame.is_progressive() {
        true => 128 * markers.frame.blocks() as u64,
        false => 0,
    };
    Ok(Box::new(Jpeg {
        decoder,
        colours,
        is_closed: markers.is_closed,
        size: [width, height].map(|side| side as u32),
        memory: coefficients + 7 * pixels,
    }))
}

impl Decoder for Jpeg {
    fn size(&self) -> [u32; 2] {
        self.size
    }

    fn memory(&self) -> u64 {
        self.memory
    }

    fn decode(mut self: Box<Self>) -> Result<Picture> {
        let mut samples = self
            .decoder
            .decode()
            .map_err(|error| match self.is_closed {
                true => Error::new(
                    ErrorKind::Input,
                    "damaged or cut short: the data of some rows is missing",
                )
                .caused_by(error),
                false => cut_short(),
            })?;
        let samples = match self.colours {
            ColorSpace::Luma => Samples::Gray(samples),
            ColorSpace::CMYK => {
                // Adobe's programs store the light that is left, and all others follow them.
                samples.iter_mut().for_each(|sample| *sample = !*sample);
                Samples::Cmyk(samples)
            }
            ColorSpace::YCCK => {
                samples.as_chunks_mut().0.iter_mut().for_each(to_inks);
                Samples::Cmyk(samples)
            }
            _ => Samples::Rgb(samples),
        };
        let exif = self.decoder.exif();
        Ok(Picture {
            profile: self.decoder.icc_profile(),
            orientation: exif.and_then(|exif| orientation::of_exif(exif)),
            ..samples.into()
        })
    }
}

/// Luma, two chromas and the inverse of black to inks.
fn to_inks(sample: &mut [u8; 4]) {
    let [luma, blue, red, black] = *sample;
    let [cyan, magenta, yellow] = super::ycbcr::to_rgb([luma, blue, red]);
    *sample = [cyan, magenta, yellow, !black];
}

fn undecodable(error: DecodeErrors) -> Error {
    match error {
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => cut_short(),
        error => damaged(error),
    }
}
