//! Preprocessing of a photo to a network's input: resize, crop, normalise.
//!
//! Every step is the same as that of torchvision or Keras on a Pillow image, because the published accuracies were
//! measured with it. Only the part of the photo inside the crop is resampled.

mod adjustments;
mod filter;
mod geometry;
mod resample;

use crate::error::{Error, ErrorKind, Result};
use crate::photo::Photo;
use crate::tensor::Shape;
use crate::tensor::Tensor;
pub use adjustments::Adjustments;
pub(crate) use filter::FRACTION_BITS;
use geometry::Frame;
use resample::Pixels;
pub(crate) use resample::{Axis, Resampling};

/// The part of a photo that becomes the input, and its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Framing {
    /// The shorter side is resized to this number of pixels and the longer one in proportion. The crop is in the
    /// centre. torchvision and timm use this.
    ShorterSide(usize),
    /// The central part with this fraction of each side is resized to the crop, without keeping proportions. TF-slim
    /// uses this.
    Squash(f64),
}

/// The filter for resizing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Interpolation {
    /// Triangle filter, widened when shrinking (antialiased).
    Bilinear,
    /// Cubic filter with a = -0.5, widened when shrinking (antialiased).
    Bicubic,
    /// The pixel in which the middle of the result's pixel lies (aliased).
    Nearest,
}

/// The channels of a network's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Colour {
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red, as Caffe's networks take them.
    Bgr,
    /// Luma, `0.299 r + 0.587 g + 0.114 b`.
    Gray,
}

impl Colour {
    /// Number of channels.
    pub const fn channels(self) -> usize {
        match self {
            Colour::Rgb | Colour::Bgr => 3,
            Colour::Gray => 1,
        }
    }
}

/// The preprocessing of a network's input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preprocess {
    /// The part of the photo that is used, and its scale.
    pub framing: Framing,
    /// The filter for resizing.
    pub interpolation: Interpolation,
    /// Height and width of the input.
    pub crop: [usize; 2],
    /// Channels of the input.
    pub colour: Colour,
    /// Subtracted from each channel after scaling to 0..1, in the order of `colour`.
    pub mean: [f32; 3],
    /// Each channel is divided by this after the mean is subtracted.
    pub std: [f32; 3],
}

/// The position of a network's input on a photo, in fractions of the photo's width and height from the upper left
/// corner. Outside 0 to 1, the input is padding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CropRect {
    /// Of the width.
    pub left: f64,
    /// Of the height.
    pub top: f64,
    /// Of the width.
    pub right: f64,
    /// Of the height.
    pub bottom: f64,
}

impl CropRect {
    /// The whole photo.
    pub const WHOLE: Self = Self {
        left: 0.0,
        top: 0.0,
        right: 1.0,
        bottom: 1.0,
    };
}

impl Preprocess {
    /// torchvision's preprocessing for ImageNet: resize to 256, bilinear, and crop 224 at the centre.
    pub const IMAGENET: Self = Self {
        framing: Framing::ShorterSide(256),
        interpolation: Interpolation::Bilinear,
        crop: [224, 224],
        colour: Colour::Rgb,
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
    };

    /// The same preprocessing for an input of another `height` and `width`. The resize is scaled with the crop, so that
    /// the crop shows about the same part of the photo.
    pub fn for_size(self, height: usize, width: usize) -> Self {
        let framing = match self.framing {
            Framing::ShorterSide(resize) => {
                let scaled = |crop: usize, wanted: usize| {
                    let crop = crop.max(1);
                    (resize * wanted + crop / 2) / crop
                };
                let [crop_height, crop_width] = self.crop;
                Framing::ShorterSide(scaled(crop_height, height).max(scaled(crop_width, width)))
            }
            Framing::Squash(fraction) => Framing::Squash(fraction),
        };
        Self {
            framing,
            crop: [height, width],
            ..self
        }
    }

    /// Checks that the input has the `channels` that the network `name` reads.
    pub(crate) fn check_channels(&self, name: &str, channels: usize) -> Result<()> {
        let found = self.colour.channels();
        if channels == found {
            return Ok(());
        }
        let of = |channels: usize| match channels {
            1 => "1 channel".to_owned(),
            _ => format!("{channels} channels"),
        };
        Err(Error::new(
            ErrorKind::Input,
            format!(
                "{name} reads images of {}, and its preprocessing gives photos of {}",
                of(channels),
                of(found)
            ),
        ))
    }

    /// The network's input for `photo`: a batch of one.
    ///
    /// # Errors
    /// The same as [`Preprocess::pixels`].
    pub fn apply(&self, photo: &Photo) -> Result<Tensor> {
        let pixels = self.pixels(photo)?;
        let channels = self.colour.channels();
        let [height, width] = self.crop;
        let mut data = Vec::with_capacity(pixels.len());
        for channel in 0..channels {
            let (mean, std) = (self.mean[channel], self.std[channel]);
            let plane = pixels.iter().skip(channel).step_by(channels);
            data.extend(plane.map(|&value| (f32::from(value) / 255.0 - mean) / std));
        }
        Tensor::new(1, Shape::new(channels, height, width), data)
    }

    /// The input for `photo` before normalisation: 8-bit pixels of the crop's height and width, rows from the top, with
    /// interleaved channels in the order of [`Preprocess::colour`]. If the resized photo is smaller than the crop, the rest
    /// is black.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the crop or the shorter side is zero, or the fraction is not within 0 to 1.
    pub fn pixels(&self, photo: &Photo) -> Result<Vec<u8>> {
        self.check()?;
        let (width, height) = (photo.width(), photo.height());
        let (rgb, _) = photo.rgb().as_chunks();
        Ok(match self.colour {
            Colour::Rgb => self.framed::<3>(width, height, rgb),
            Colour::Bgr => {
                let mut pixels = self.framed::<3>(width, height, rgb);
                pixels.chunks_exact_mut(3).for_each(<[u8]>::reverse);
                pixels
            }
            Colour::Gray => self.framed(width, height, &luma(rgb)),
        })
    }

    /// The position of the input on a photo of `height` by `width` pixels.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the photo has no pixels, or as [`Preprocess::pixels`].
    pub fn crop_rect(&self, height: usize, width: usize) -> Result<CropRect> {
        self.check()?;
        if height == 0 || width == 0 {
            return Err(Error::new(
                ErrorKind::Input,
                format!("a photo has at least one pixel, found {width}x{height}"),
            ));
        }
        let [rows, columns] = self.frames([height, width]);
        let (top, bottom) = rows.reach(height, self.crop[0]);
        let (left, right) = columns.reach(width, self.crop[1]);
        Ok(CropRect {
            left,
            top,
            right,
            bottom,
        })
    }

    /// The resize of a photo of `height` by `width` pixels, at least one.
    ///
    /// # Errors
    /// The same as [`Preprocess::pixels`].
    pub(crate) fn resampling(&self, height: usize, width: usize) -> Result<Resampling> {
        self.check()?;
        Ok(self.framing_of([height, width]))
    }

    /// The resized and cropped part of a photo of `N` channels.
    fn framed<const N: usize>(&self, width: usize, height: usize, pixels: &[[u8; N]]) -> Vec<u8> {
        let resampling = self.framing_of([height, width]);
        let source = Pixels { width, pixels };
        let kept = resampling.apply(&source);
        let (rows, columns) = (&resampling.down, &resampling.across);
        if [rows.length, columns.length] == self.crop {
            return kept.into_flattened();
        }
        let [crop_height, crop_width] = self.crop;
        let mut framed = vec![[0; N]; crop_height * crop_width];
        for (row, line) in kept.chunks_exact(columns.length).enumerate() {
            let start = (rows.border + row) * crop_width + columns.border;
            framed[start..start + line.len()].copy_from_slice(line);
        }
        framed.into_flattened()
    }

    /// The resize of the visible part of a photo of `size`, height first.
    fn framing_of(&self, size: [usize; 2]) -> Resampling {
        let [rows, columns] = self.frames(size);
        Resampling::new(&rows, &columns, self.interpolation)
    }

    /// The frames of the rows and the columns of a photo of `size`, height first.
    fn frames(&self, size: [usize; 2]) -> [Frame; 2] {
        match self.framing {
            Framing::ShorterSide(side) => Frame::shorter_side(size, side, self.crop),
            Framing::Squash(fraction) => Frame::squash(size, fraction, self.crop),
        }
    }

    fn check(&self) -> Result<()> {
        let [height, width] = self.crop;
        let sound = match self.framing {
            Framing::ShorterSide(side) => side > 0,
            Framing::Squash(fraction) => fraction > 0.0 && fraction <= 1.0,
        };
        if sound && height > 0 && width > 0 {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Input,
            format!(
                "{:?} with a crop of {height}x{width} leaves nothing of any photo",
                self.framing
            ),
        ))
    }
}

/// Luma of each pixel, in Pillow's fixed point (`libImaging/Convert.c`, `L24`).
fn luma(rgb: &[[u8; 3]]) -> Vec<[u8; 1]> {
    rgb.iter()
        .map(|pixel| {
            let [red, green, blue] = pixel.map(u32::from);
            [((red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16) as u8]
        })
        .collect()
}

/// Describes the steps in one line: `shorter side to 256, crop 224x224, bilinear, RGB, mean ..., std ...`.
impl std::fmt::Display for Preprocess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [height, width] = self.crop;
        match self.framing {
            Framing::ShorterSide(side) => {
                write!(f, "shorter side to {side}, crop {height}x{width}")?
            }
            Framing::Squash(1.0) => write!(f, "all of it to {height}x{width}")?,
            Framing::Squash(part) => write!(f, "the central {part} to {height}x{width}")?,
        }
        let interpolation = match self.interpolation {
            Interpolation::Bilinear => "bilinear",
            Interpolation::Bicubic => "bicubic",
            Interpolation::Nearest => "nearest",
        };
        let colour = match self.colour {
            Colour::Rgb => "RGB",
            Colour::Bgr => "BGR",
            Colour::Gray => "gray",
        };
        let channels = self.colour.channels();
        let (mean, std) = (&self.mean[..channels], &self.std[..channels]);
        write!(f, ", {interpolation}, {colour}, mean {mean:?}, std {std:?}")
    }
}
