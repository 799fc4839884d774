//! A mask drawn over its photo.

use image::{Rgb, RgbImage};

use super::mask::Mask;

/// Cyan: the stains of tissue, skin and wood are far from it, and it is bright against a dark field.
const COLOUR: [u8; 3] = [0, 229, 255];
/// Share of the colour in what is covered.
const TINT: f32 = 0.35;
/// The outline is one pixel wide for so many of the photo's shorter side.
const PIXELS_PER_LINE: usize = 500;

/// Tints what `mask` covers of `photo` and draws a line along its edge, inside.
pub fn draw(photo: &mut RgbImage, mask: &Mask) {
    let line = mask.width.min(mask.height).div_ceil(PIXELS_PER_LINE);
    for (pixel, distance) in photo.pixels_mut().zip(distances(mask)) {
        if distance > line {
            *pixel = Rgb(tinted(pixel.0));
        } else if distance > 0 {
            *pixel = Rgb(COLOUR);
        }
    }
}

fn tinted(pixel: [u8; 3]) -> [u8; 3] {
    std::array::from_fn(|channel| {
        let [photo, colour] = [pixel[channel], COLOUR[channel]].map(f32::from);
        (photo + TINT * (colour - photo)).round() as u8
    })
}

/// Steps along rows and columns from each pixel to the nearest that is not covered. What lies beyond the
/// photo's edges counts as covered: a cell that is cut off has no outline there.
fn distances(mask: &Mask) -> Vec<usize> {
    let (width, pixels) = (mask.width, mask.found.len());
    let far = mask.width + mask.height;
    let mut distances: Vec<usize> = mask
        .found
        .iter()
        .map(|&found| if found { far } else { 0 })
        .collect();
    // Once from the top left and once from the bottom right: Rosenfeld and Pfaltz 1966, "Sequential
    // operations in digital picture processing".
    for pixel in 0..pixels {
        if pixel % width > 0 {
            distances[pixel] = distances[pixel].min(distances[pixel - 1] + 1);
        }
        if pixel >= width {
            distances[pixel] = distances[pixel].min(distances[pixel - width] + 1);
        }
    }
    for pixel in (0..pixels).rev() {
        if pixel % width + 1 < width {
            distances[pixel] = distances[pixel].min(distances[pixel + 1] + 1);
        }
        if pixel + width < pixels {
            distances[pixel] = distances[pixel].min(distances[pixel + width] + 1);
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(rows: &[&str]) -> Mask {
        Mask {
            width: rows[0].len(),
            height: rows.len(),
            found: rows.concat().chars().map(|pixel| pixel == '#').collect(),
        }
    }

    #[test]
    fn distances_are_counted_in_steps_and_not_to_the_edges() {
        let found = distances(&mask(&["###..", "#####", "#####", "#####"]));
        let expected = [3, 2, 1, 0, 0, 4, 3, 2, 1, 1, 5, 4, 3, 2, 2, 6, 5, 4, 3, 3];
        assert_eq!(found, expected);
        let full = distances(&mask(&["##"]));
        assert!(full.iter().all(|&distance| distance > 1));
    }

    #[test]
    fn the_background_stays_the_line_covers_and_the_rest_is_tinted() {
        let mut photo = RgbImage::from_pixel(4, 1, Rgb([100, 14, 200]));
        draw(&mut photo, &mask(&[".###"]));
        let expected = [[100, 14, 200], COLOUR, [65, 89, 219], [65, 89, 219]];
        assert_eq!(photo.into_raw(), expected.concat());
    }
}
