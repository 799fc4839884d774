//! Drawing over photos.

use crate::error::{Error, ErrorKind, Result};
use crate::photo::Photo;

/// Opacity of the colour in covered pixels.
const TINT: f32 = 0.35;
/// The width of the outline: one pixel for this number of pixels of the photo's shorter side.
const PIXELS_PER_LINE: usize = 500;

/// Width and height of `photo`.
pub(super) fn size(photo: &Photo) -> [usize; 2] {
    [photo.width(), photo.height()]
}

/// Checks that `photo` is `expected` pixels wide and high.
pub(super) fn check_size(photo: &Photo, expected: [usize; 2]) -> Result<()> {
    let [width, height] = size(photo);
    if expected == [width, height] {
        return Ok(());
    }
    let [expected_width, expected_height] = expected;
    Err(Error::new(
        ErrorKind::Input,
        format!(
            "expected the photo of {expected_width}x{expected_height} pixels that was asked about, found one of \
             {width}x{height}"
        ),
    ))
}

/// `pixel` mixed with this share of `colour`.
pub(super) fn mixed(pixel: [u8; 3], colour: [u8; 3], share: f32) -> [u8; 3] {
    std::array::from_fn(|channel| {
        let [pixel, colour] = [pixel[channel], colour[channel]].map(f32::from);
        (pixel + share * (colour - pixel)).round() as u8
    })
}

/// Tints the pixels of `photo` in the colours of their `classes`, and draws a line along the inside of the edge of each
/// region. Class 0 is the background and stays as it is.
pub(super) fn outline(photo: &mut Photo, classes: &[u32], colour: impl Fn(u32) -> [u8; 3]) {
    let [width, height] = size(photo);
    let line = width.min(height).div_ceil(PIXELS_PER_LINE);
    let distances = distances(classes, [width, height]);
    let pixels = photo.pixels_mut().iter_mut().zip(classes);
    for ((pixel, &class), distance) in pixels.zip(distances) {
        if distance > line {
            *pixel = mixed(*pixel, colour(class), TINT);
        } else if distance > 0 {
            *pixel = colour(class);
        }
    }
}

/// Steps along rows and columns from each pixel to the nearest pixel of another class; 0 for the background. Pixels
/// outside the photo count as of the same class, so an object at the edge of the photo has no outline there.
fn distances(classes: &[u32], [width, height]: [usize; 2]) -> Vec<usize> {
    let (far, pixels) = (width + height, classes.len());
    let mut distances: Vec<usize> = classes
        .iter()
        .map(|&class| if class == 0 { 0 } else { far })
        .collect();
    let mut step = |pixel: usize, neighbour: usize| {
        let steps = match classes[pixel] == classes[neighbour] {
            true => distances[neighbour] + 1,
            false => 1,
        };
        if classes[pixel] != 0 {
            distances[pixel] = distances[pixel].min(steps);
        }
    };
    // One scan from the top left and one from the bottom right: Rosenfeld and Pfaltz 1966, "Sequential
    // operations in digital picture processing".
    for pixel in 0..pixels {
        if pixel % width > 0 {
            step(pixel, pixel - 1);
        }
        if pixel >= width {
            step(pixel, pixel - width);
        }
    }
    for pixel in (0..pixels).rev() {
        if pixel % width + 1 < width {
            step(pixel, pixel + 1);
        }
        if pixel + width < pixels {
            step(pixel, pixel + width);
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::FOREGROUND;

    fn classes(rows: &[&str]) -> Vec<u32> {
        let class = |pixel: char| u32::from(pixel != '.') * u32::from(pixel);
        rows.concat().chars().map(class).collect()
    }

    #[test]
    fn distances_are_counted_in_steps_and_not_to_the_edges() {
        let found = distances(&classes(&["###..", "#####", "#####", "#####"]), [5, 4]);
        let expected = [3, 2, 1, 0, 0, 4, 3, 2, 1, 1, 5, 4, 3, 2, 2, 6, 5, 4, 3, 3];
        assert_eq!(found, expected);
        let full = distances(&classes(&["##"]), [2, 1]);
        assert!(full.iter().all(|&distance| distance > 1));
        let two = distances(&classes(&["##++.."]), [6, 1]);
        assert_eq!(two, [2, 1, 1, 1, 0, 0]);
    }

    #[test]
    fn the_background_stays_the_line_covers_and_the_rest_is_tinted() {
        let mut photo = Photo::new(4, 1, [100, 14, 200].repeat(4)).unwrap();
        outline(&mut photo, &classes(&[".###"]), |_| FOREGROUND);
        let expected = [[100, 14, 200], FOREGROUND, [65, 89, 219], [65, 89, 219]];
        assert_eq!(photo.rgb(), expected.concat());
    }
}
