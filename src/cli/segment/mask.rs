//! From a network's scores to a mask.

use image::GrayImage;
use menagerie::Tensor;
use menagerie::maps::foreground;

/// Which pixels show what was looked for.
pub struct Mask {
    pub width: usize,
    pub height: usize,
    /// Rows from the top.
    pub found: Vec<bool>,
}

impl Mask {
    /// The pixels of one image of which it is at least as probable as `threshold` that they show it:
    /// anything but the background; see [`foreground`].
    pub fn new(scores: &Tensor, threshold: f64) -> Self {
        let shape = scores.shape();
        let planes = scores.image(0).chunks_exact(shape.pixels());
        let found = (0..shape.pixels())
            .map(|pixel| foreground(planes.clone().map(|plane| plane[pixel])) >= threshold)
            .collect();
        Self {
            width: shape.width,
            height: shape.height,
            found,
        }
    }

    /// The share of the pixels that it covers, 0 to 1.
    pub fn covered(&self) -> f64 {
        let found = self.found.iter().filter(|&&found| found).count();
        found as f64 / self.found.len() as f64
    }

    /// White where something was found, else black.
    pub fn to_image(&self) -> GrayImage {
        GrayImage::from_fn(self.width as u32, self.height as u32, |x, y| {
            let found = self.found[y as usize * self.width + x as usize];
            image::Luma([if found { u8::MAX } else { 0 }])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use menagerie::tensor::Shape;

    #[test]
    fn the_threshold_is_a_probability() {
        // 1/4, 3/4, and a certainty that would overflow, both ways.
        let ln3 = 3f32.ln();
        let scores = vec![ln3, 0.0, 0.0, 2000.0, 0.0, ln3, 2000.0, 0.0];
        let scores = Tensor::new(1, Shape::new(2, 2, 2), scores).unwrap();
        let found = |threshold: f64| Mask::new(&scores, threshold).found;
        assert_eq!(found(0.0), [true, true, true, true]);
        assert_eq!(found(0.2), [true, true, true, false]);
        assert_eq!(found(0.5), [false, true, true, false]);
        assert_eq!(found(0.8), [false, false, true, false]);
        assert_eq!(found(1.0), [false, false, true, false]);
        let mask = Mask::new(&scores, 0.5);
        assert_eq!(mask.covered(), 0.5);
        assert_eq!(mask.to_image().into_raw(), [0, 255, 255, 0]);
    }

    #[test]
    fn any_class_but_the_first_counts_and_a_single_one_does() {
        let found = |scores: &[f32], threshold: f64| {
            let scores = Tensor::new(1, Shape::vector(scores.len()), scores.to_vec()).unwrap();
            Mask::new(&scores, threshold).found[0]
        };
        // 1/4, 1/4 and 1/2.
        let three = [0.0, 0.0, 2f32.ln()];
        assert!(found(&three, 0.74) && !found(&three, 0.76));
        // The sigmoid, 3/4.
        assert!(found(&[3f32.ln()], 0.74) && !found(&[3f32.ln()], 0.76));
    }
}
