//! The answer of a segmentation.

use super::overlay;
use crate::error::{Error, ErrorKind, Result};
use crate::maps::FOREGROUND;
use crate::photo::Photo;

/// For each pixel of a photo, the probability that it shows the network's object.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    width: usize,
    height: usize,
    probabilities: Vec<f32>,
}

impl Mask {
    /// A mask of `width` by `height` pixels with these `probabilities`, rows from the top.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no pixel, or the number of probabilities is wrong.
    pub fn new(width: usize, height: usize, probabilities: Vec<f32>) -> Result<Self> {
        if width.checked_mul(height) != Some(probabilities.len()) || probabilities.is_empty() {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "a mask of {width}x{height} pixels needs a probability for each and at least one, found {}",
                    probabilities.len()
                ),
            ));
        }
        Ok(Self {
            width,
            height,
            probabilities,
        })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The probability of each pixel, rows from the top, 0 to 1: the softmax of all classes but the first, which is the
    /// background.
    pub fn probabilities(&self) -> &[f32] {
        &self.probabilities
    }

    /// Whether each pixel is at least as probable as `threshold`, rows from the top.
    pub fn covered(&self, threshold: f64) -> impl ExactSizeIterator<Item = bool> {
        let probabilities = self.probabilities.iter();
        probabilities.map(move |&probability| f64::from(probability) >= threshold)
    }

    /// The share of the pixels that are at least as probable as `threshold`, 0 to 1.
    pub fn covered_share(&self, threshold: f64) -> f64 {
        let covered = self.covered(threshold).filter(|&covered| covered).count();
        covered as f64 / self.probabilities.len() as f64
    }

    /// A byte for each pixel, rows from the top: 255 if it is at least as probable as `threshold`, else 0.
    pub fn black_and_white(&self, threshold: f64) -> Vec<u8> {
        let covered = self.covered(threshold);
        covered
            .map(|covered| if covered { u8::MAX } else { 0 })
            .collect()
    }

    /// Tints and outlines the pixels of `photo` that are at least as probable as `threshold`. It must be the photo of
    /// the mask.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the photo has another size.
    pub fn over(&self, mut photo: Photo, threshold: f64) -> Result<Photo> {
        overlay::check_size(&photo, [self.width, self.height])?;
        let covered: Vec<u32> = self.covered(threshold).map(u32::from).collect();
        overlay::outline(&mut photo, &covered, |_| FOREGROUND);
        Ok(photo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_the_least_probability_that_counts() {
        let mask = Mask::new(2, 2, vec![0.25, 0.75, 1.0, 0.0]).unwrap();
        for (threshold, expected) in [
            (0.0, [255, 255, 255, 255]),
            (0.25, [255, 255, 255, 0]),
            (0.5, [0, 255, 255, 0]),
            (1.0, [0, 0, 255, 0]),
        ] {
            assert_eq!(mask.black_and_white(threshold), expected, "{threshold}");
        }
        assert_eq!(mask.covered_share(0.5), 0.5);
        assert!(Mask::new(2, 2, vec![0.5; 3]).is_err());
        assert!(Mask::new(0, 2, Vec::new()).is_err());
    }
}
