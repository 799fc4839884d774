//! Text as pixels.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

const FONT: (FontWeight, RasterHeight) = (FontWeight::Regular, RasterHeight::Size24);
/// Pixels above the letters and below them.
const MARGIN: usize = 4;
/// Height of a line in pixels.
pub const HEIGHT: u32 = (FONT.1.val() + 2 * MARGIN) as u32;

/// A line that is `width` pixels long, one byte for each pixel: 0 beside the letters, 255 inside. What does not fit is
/// cut off.
pub fn line(text: &str, width: usize) -> Vec<u8> {
    let mut pixels = vec![0; width * HEIGHT as usize];
    let step = get_raster_width(FONT.0, FONT.1);
    for (left, character) in (step..width.saturating_sub(step))
        .step_by(step)
        .zip(text.chars())
    {
        let letter = get_raster(character, FONT.0, FONT.1);
        let Some(letter) = letter.or_else(|| get_raster('?', FONT.0, FONT.1)) else {
            continue;
        };
        for (y, row) in letter.rows().enumerate() {
            pixels[(MARGIN + y) * width + left..][..row.len()].copy_from_slice(row);
        }
    }
    pixels
}
