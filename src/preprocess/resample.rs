//! Resizing as Pillow does it: separable filters, widened when shrinking, 8 bits between the passes.

use std::fmt::Display;

use fast_image_resize::images::{CroppedImage, Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::Interpolation;
use super::geometry::Frame;
use crate::error::{Error, ErrorKind, Result};

/// 8-bit pixels with their channels side by side.
pub(super) struct Source<'a> {
    pub width: usize,
    pub height: usize,
    pub channels: usize,
    pub bytes: &'a [u8],
}

/// The part of `source` that `rows` and `columns` frame, in their lengths.
pub(super) fn resample(
    source: &Source<'_>,
    rows: &Frame,
    columns: &Frame,
    interpolation: Interpolation,
) -> Result<Vec<u8>> {
    let pixel_type = match source.channels {
        1 => PixelType::U8,
        _ => PixelType::U8x3,
    };
    let (width, height) = (side(source.width)?, side(source.height)?);
    let whole = ImageRef::new(width, height, source.bytes, pixel_type).map_err(failed)?;
    let [left, visible_width] = columns.visible;
    let [top, visible_height] = rows.visible;
    let visible = CroppedImage::new(
        &whole,
        side(left)?,
        side(top)?,
        side(visible_width)?,
        side(visible_height)?,
    )
    .map_err(failed)?;
    let mut resized = Image::new(side(columns.length)?, side(rows.length)?, pixel_type);
    // Pillow's cubic has a = -0.5, which is Catmull and Rom's.
    let filter = match interpolation {
        Interpolation::Bilinear => FilterType::Bilinear,
        Interpolation::Bicubic => FilterType::CatmullRom,
    };
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .use_alpha(false)
        .crop(
            columns.region[0],
            rows.region[0],
            columns.region[1],
            rows.region[1],
        );
    Resizer::new()
        .resize(&visible, &mut resized, &options)
        .map_err(failed)?;
    Ok(resized.into_vec())
}

fn side(pixels: usize) -> Result<u32> {
    u32::try_from(pixels).map_err(|_| {
        let most = u32::MAX;
        Error::new(
            ErrorKind::Input,
            format!("an image may have at most {most} pixels a side, found {pixels}"),
        )
    })
}

fn failed(error: impl Display) -> Error {
    Error::new(
        ErrorKind::Input,
        format!("the image cannot be resized: {error}"),
    )
}
