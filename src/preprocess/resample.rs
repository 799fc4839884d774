//! Resizing as Pillow does it (`libImaging/Resample.c`): separable filters, widened when shrinking, along
//! the rows first, 8 bits between the passes.

use std::fmt::Display;

use fast_image_resize::images::{CroppedImage, Image, ImageRef};
use fast_image_resize::{FilterType, IntoImageView, PixelType, ResizeAlg, ResizeOptions, Resizer};

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
///
/// The two passes are two calls: left to itself the crate goes down the columns first, and where a
/// cubic filter overshoots, the clamping in between then differs from Pillow's by more than a rounding.
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
    // Pillow's cubic has a = -0.5, which is Catmull and Rom's.
    let (filter, support) = match interpolation {
        Interpolation::Bilinear => (FilterType::Bilinear, 1.0),
        Interpolation::Bicubic => (FilterType::CatmullRom, 2.0),
    };
    let (width, height) = (side(source.width)?, side(source.height)?);
    let whole = ImageRef::new(width, height, source.bytes, pixel_type).map_err(failed)?;

    let reached = rows.reach(support);
    let strip = CroppedImage::new(
        &whole,
        side(columns.visible[0])?,
        side(rows.visible[0] + reached.start)?,
        side(columns.visible[1])?,
        side(reached.len())?,
    )
    .map_err(failed)?;
    let mut narrow = Image::new(side(columns.length)?, side(reached.len())?, pixel_type);
    let every_row = [0.0, reached.len() as f64];
    resize(&strip, &mut narrow, every_row, columns.region, filter)?;

    let mut resized = Image::new(side(columns.length)?, side(rows.length)?, pixel_type);
    let framed_rows = [rows.region[0] - reached.start as f64, rows.region[1]];
    let every_column = [0.0, columns.length as f64];
    resize(&narrow, &mut resized, framed_rows, every_column, filter)?;
    Ok(resized.into_vec())
}

/// Fills `to` with the part of `from` given as start and length of its `rows` and `columns`.
fn resize(
    from: &impl IntoImageView,
    to: &mut Image<'_>,
    rows: [f64; 2],
    columns: [f64; 2],
    filter: FilterType,
) -> Result<()> {
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .use_alpha(false)
        .crop(columns[0], rows[0], columns[1], rows[1]);
    Resizer::new().resize(from, to, &options).map_err(failed)
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
