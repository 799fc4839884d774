//! The visible pixels of a photo, with the same rounding as the original code of each framing.

use std::ops::Range;

/// The resize and crop of one axis of a photo: the rows or the columns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    /// The photo's pixels that the filter may use.
    pub visible: Range<usize>,
    /// The number of pixels after the resize.
    pub resized: u128,
    /// The first of these that is kept.
    pub start: u128,
    /// The number of these that are kept.
    pub length: usize,
    /// The number of black pixels before them, if the photo is smaller than the crop.
    pub border: usize,
}

impl Frame {
    /// torchvision's `Resize` and `CenterCrop` (`torchvision/transforms/functional.py`): rows and
    /// columns of a photo of `size`, height first. The pixels are those of a resize of the whole
    /// photo, but only those that the crop keeps are computed: the photo may be a strip of which the
    /// whole would fit no memory.
    pub fn shorter_side(size: [usize; 2], side: usize, crop: [usize; 2]) -> [Self; 2] {
        let short = size[0].min(size[1]).max(1);
        [0, 1].map(|axis| {
            let resized = side as u128 * size[axis] as u128 / short as u128;
            Self::centre(size[axis], resized, crop[axis])
        })
    }

    /// TF-slim's `inception_preprocessing`: the middle `fraction` of each axis, whole pixels, stretched
    /// to the crop. The filter uses no pixels outside them.
    pub fn squash(size: [usize; 2], fraction: f64, crop: [usize; 2]) -> [Self; 2] {
        [0, 1].map(|axis| {
            let size = size[axis];
            let first = ((size as f64 - size as f64 * fraction) / 2.0) as usize;
            let count = size - 2 * first;
            Self {
                visible: first..first + count,
                resized: crop[axis] as u128,
                start: 0,
                length: crop[axis],
                border: 0,
            }
        })
    }

    /// The number of visible pixels for each pixel of the resized axis.
    pub fn scale(&self) -> f64 {
        self.visible.len() as f64 / self.resized as f64
    }

    /// How many pixels fewer the resized axis has.
    pub fn shrinkage(&self) -> i128 {
        self.visible.len() as i128 - self.resized as i128
    }

    /// The begin and end of the `crop` pixels on an axis of `source` pixels, in fractions of the axis.
    pub fn reach(&self, source: usize, crop: usize) -> (f64, f64) {
        // Of the resized axis, where what is not kept comes before 0.
        let begin = self.start as f64 - self.border as f64;
        let [begin, end] = [begin, begin + crop as f64]
            .map(|place| (self.visible.start as f64 + place * self.scale()) / source as f64);
        (begin, end)
    }

    /// The middle `crop` pixels of an axis of `source` pixels resized to `resized`.
    fn centre(source: usize, resized: u128, crop: usize) -> Self {
        let (length, border) = match usize::try_from(resized) {
            Ok(resized) if resized < crop => (resized, (crop - resized) / 2),
            _ => (crop, 0),
        };
        Self {
            visible: 0..source,
            resized,
            start: half_to_even(resized - length as u128),
            length,
            border,
        }
    }
}

/// `round(number / 2)` as in Python.
fn half_to_even(number: u128) -> u128 {
    let half = number / 2;
    half + (number & half & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        let rounded: Vec<u128> = (0..8).map(half_to_even).collect();
        assert_eq!(rounded, [0, 0, 1, 2, 2, 2, 3, 4]);
    }

    #[test]
    fn the_longer_side_is_cut_not_rounded() {
        // 256 * 451 / 300 = 384.85.
        let [_, columns] = Frame::shorter_side([300, 451], 256, [256, 384]);
        assert_eq!(columns.resized, 384);
        assert_eq!((columns.start, columns.length, columns.border), (0, 384, 0));
    }

    #[test]
    fn a_small_image_gets_its_smaller_border_first() {
        let [rows, _] = Frame::shorter_side([221, 221], 221, [224, 224]);
        assert_eq!((rows.length, rows.border), (221, 1));
    }

    #[test]
    fn a_strip_is_not_resized_as_a_whole() {
        let [rows, columns] = Frame::shorter_side([20_000, 1], 256, [224, 224]);
        assert_eq!((rows.length, columns.length), (224, 224));
        assert_eq!(rows.start, (5_120_000 - 224) / 2);
    }

    #[test]
    fn the_input_reaches_from_where_the_crop_begins_to_where_it_ends() {
        // 300 rows become 256, of which the middle 224 are seen; 600 columns become 512.
        let [rows, columns] = Frame::shorter_side([300, 600], 256, [224, 224]);
        assert_eq!(rows.reach(300, 224), (16.0 / 256.0, 240.0 / 256.0));
        assert_eq!(columns.reach(600, 224), (144.0 / 512.0, 368.0 / 512.0));
        // A border of one row before and two after.
        let [rows, _] = Frame::shorter_side([221, 221], 221, [224, 224]);
        assert_eq!(rows.reach(221, 224), (-1.0 / 221.0, 223.0 / 221.0));
        let [rows, columns] = Frame::squash([300, 37], 0.875, [224, 224]);
        assert_eq!(rows.reach(300, 224), (18.0 / 300.0, 282.0 / 300.0));
        assert_eq!(columns.reach(37, 224), (2.0 / 37.0, 35.0 / 37.0));
    }

    #[test]
    fn a_squash_leaves_as_much_on_both_sides() {
        let [rows, columns] = Frame::squash([300, 37], 0.875, [224, 224]);
        assert_eq!(rows.visible, 18..282);
        assert_eq!(columns.visible, 2..35);
    }
}
