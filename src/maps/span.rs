//! The pixels of a picture that a map covers along one axis, and their positions in the map.

use std::ops::Range;

use crate::error::{Error, ErrorKind, Result};
use crate::preprocess::CropRect;

/// One axis of a picture over a map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    /// The picture's pixels whose centres are inside the map.
    pub covered: Range<usize>,
    /// Position of the centre of pixel 0 in the map, in cells. The centre of the first cell is at 0.
    pub first: f32,
    /// Distance from one pixel to the next, in cells.
    pub step: f32,
    /// Number of cells of the map.
    pub cells: usize,
}

/// The two axes, height first, of a picture of `size` pixels, of which a map of `cells` cells covers the rectangle `crop`.
///
/// # Errors
/// [`ErrorKind::Input`] if `crop` is not a rectangle.
pub(crate) fn spans(crop: &CropRect, size: [usize; 2], cells: [usize; 2]) -> Result<[Span; 2]> {
    let CropRect {
        left,
        top,
        right,
        bottom,
    } = *crop;
    let finite = [left, top, right, bottom]
        .iter()
        .all(|side| side.is_finite());
    if !finite || left >= right || top >= bottom {
        return Err(Error::new(
            ErrorKind::Input,
            format!(
                "what a network sees lies from {left}, {top} to {right}, {bottom}, which is no rectangle"
            ),
        ));
    }
    Ok([
        Span::new(top, bottom, size[0], cells[0]),
        Span::new(left, right, size[1], cells[1]),
    ])
}

impl Span {
    fn new(from: f64, to: f64, pixels: usize, cells: usize) -> Self {
        let length = pixels as f64;
        // The first pixel whose centre is not before `side`.
        let at = |side: f64| (side * length - 0.5).ceil().clamp(0.0, length) as usize;
        let step = cells as f64 / (to - from) / length;
        Self {
            covered: at(from)..at(to),
            first: (0.5 * step - from * cells as f64 / (to - from) - 0.5) as f32,
            step: step as f32,
            cells,
        }
    }

    /// The two cells between whose centres `pixel` is, and the weight of the second one. A pixel beyond the centre of an
    /// outermost cell has only this cell.
    pub fn between(&self, pixel: usize) -> (usize, usize, f32) {
        let last = self.cells - 1;
        let place = (self.first + self.step * pixel as f32).clamp(0.0, last as f32);
        let cell = place as usize;
        (cell, (cell + 1).min(last), place - cell as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_stretched_over_the_crop() {
        // The middle half of 8 pixels has 2 cells of 2 pixels, with centres at the pixels' edges 3 and 5.
        let span = Span::new(0.25, 0.75, 8, 2);
        assert_eq!(span.covered, 2..6);
        let places: Vec<_> = span
            .covered
            .clone()
            .map(|pixel| span.between(pixel))
            .collect();
        let expected = [(0, 1, 0.0), (0, 1, 0.25), (0, 1, 0.75), (1, 1, 0.0)];
        assert_eq!(places, expected);
    }

    #[test]
    fn the_crop_may_extend_beyond_the_picture() {
        let span = Span::new(-0.5, 1.5, 2, 4);
        assert_eq!(span.covered, 0..2);
        assert_eq!(
            [0, 1].map(|pixel| span.between(pixel)),
            [(1, 2, 0.0), (2, 3, 0.0)]
        );
        assert_eq!(Span::new(2.0, 3.0, 7, 4).covered, 7..7);
        assert_eq!(Span::new(0.1, 0.2, 2, 4).covered, 0..0);
    }

    #[test]
    fn a_crop_that_is_not_a_rectangle_is_refused() {
        for crop in [
            CropRect {
                left: 1.0,
                ..CropRect::WHOLE
            },
            CropRect {
                bottom: -1.0,
                ..CropRect::WHOLE
            },
            CropRect {
                top: f64::NAN,
                ..CropRect::WHOLE
            },
        ] {
            assert!(spans(&crop, [8, 8], [2, 2]).is_err());
        }
    }
}
