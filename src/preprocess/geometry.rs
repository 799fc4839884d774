//! Which pixels of a photo a network sees, with the roundings of the code that each framing is from.

use std::ops::Range;

/// What becomes of one axis of a photo: the rows or the columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// First and number of the photo's pixels that the filter may look at.
    pub visible: [usize; 2],
    /// Start and length of what is resampled, counted from the first visible pixel.
    pub region: [f64; 2],
    /// Number of pixels that it becomes.
    pub length: usize,
    /// Black pixels before them, where the photo is smaller than the crop.
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
    /// to the crop. The filter does not see past them.
    pub fn squash(size: [usize; 2], fraction: f64, crop: [usize; 2]) -> [Self; 2] {
        [0, 1].map(|axis| {
            let size = size[axis];
            let first = ((size as f64 - size as f64 * fraction) / 2.0) as usize;
            let count = size - 2 * first;
            Self {
                visible: [first, count],
                region: [0.0, count as f64],
                length: crop[axis],
                border: 0,
            }
        })
    }

    /// The visible pixels that a filter looks at which reaches over `support` pixels to either side, of
    /// the photo or of the result, whichever are larger. One more on each side takes up what the
    /// filter rounds.
    pub fn reach(&self, support: f64) -> Range<usize> {
        let [start, length] = self.region;
        let radius = support * (length / self.length.max(1) as f64).max(1.0) + 1.0;
        let first = (start - radius).floor().max(0.0) as usize;
        let end = (start + length + radius).ceil() as usize;
        first..end.min(self.visible[1])
    }

    /// The middle `crop` pixels of an axis of `source` pixels resized to `resized`.
    fn centre(source: usize, resized: u128, crop: usize) -> Self {
        let (length, border) = match usize::try_from(resized) {
            Ok(resized) if resized < crop => (resized, (crop - resized) / 2),
            _ => (crop, 0),
        };
        let start = half_to_even(resized - length as u128);
        let scale = source as f64 / resized as f64;
        let start = start as f64 * scale;
        Self {
            visible: [0, source],
            region: [start, (length as f64 * scale).min(source as f64 - start)],
            length,
            border,
        }
    }
}

/// `round(number / 2)` as Python has it.
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
        // 256 * 451 / 300 = 384.85; the crop of 384 is all of it.
        let [_, columns] = Frame::shorter_side([300, 451], 256, [256, 384]);
        assert_eq!(columns.region, [0.0, 451.0]);
        assert_eq!((columns.length, columns.border), (384, 0));
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
        let [start, length] = rows.region;
        assert!((start + length / 2.0 - 10_000.0).abs() < 1e-6);
        assert!((length - 0.875).abs() < 1e-9);
        assert!(rows.reach(2.0).len() < 10);
    }

    #[test]
    fn a_squash_leaves_as_much_on_both_sides() {
        let [rows, columns] = Frame::squash([300, 37], 0.875, [224, 224]);
        assert_eq!(rows.visible, [18, 264]);
        assert_eq!(columns.visible, [2, 33]);
    }
}
