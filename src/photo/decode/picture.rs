//! What decoders return, before its colours are those of a photo.

use image::metadata::Orientation;

use crate::error::Result;

/// A decoder that has read the header of an image.
pub trait Decoder {
    /// Width and height in pixels, as stored.
    fn size(&self) -> [u32; 2];

    /// The bytes that [`Decoder::decode`] allocates, including its result. Small tables need not be counted.
    fn memory(&self) -> u64;

    /// Decodes the whole image.
    ///
    /// # Errors
    /// The errors of the format. An image with missing rows is an error.
    fn decode(self: Box<Self>) -> Result<Picture>;
}

/// A decoded image.
pub struct Picture {
    /// The pixels, rows from the top.
    pub samples: Samples,
    /// The ICC profile of the samples.
    pub profile: Option<Vec<u8>>,
    /// How to turn it upright.
    pub orientation: Option<Orientation>,
}

/// Samples of 8 bits.
pub enum Samples {
    /// One sample a pixel.
    Gray(Vec<u8>),
    /// Red, green and blue of each pixel.
    Rgb(Vec<u8>),
    /// Cyan, magenta, yellow and black of each pixel. 255 is full ink.
    Cmyk(Vec<u8>),
}

impl From<Samples> for Picture {
    fn from(samples: Samples) -> Self {
        Self {
            samples,
            profile: None,
            orientation: None,
        }
    }
}

/// A sample between 0 and 1 in 8 bits. NaN is 0.
pub fn level(value: f32) -> u8 {
    // The conversion saturates.
    (value * 255.0 + 0.5) as u8
}

/// A sample of 16 bits in 8 bits.
pub fn high_byte(value: u16) -> u8 {
    ((u32::from(value) * 255 + 32_768) / 65_535) as u8
}

/// A level of linear light in 8 bits of sRGB.
pub fn srgb_level(linear: f32) -> u8 {
    level(match linear <= 0.003_130_8 {
        true => linear * 12.92,
        false => 1.055 * linear.powf(1.0 / 2.4) - 0.055,
    })
}
