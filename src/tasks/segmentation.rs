//! The answer of a segmentation into several classes.

use std::collections::BTreeMap;

use super::overlay;
use crate::error::{Error, ErrorKind, Result};
use crate::maps::class_colour;
use crate::photo::Photo;

/// The class of each pixel of a photo. Class 0 is the background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segmentation {
    width: usize,
    height: usize,
    classes: Vec<u32>,
}

impl Segmentation {
    /// A segmentation of `width` by `height` pixels with these `classes`, rows from the top.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no pixel, or the number of classes is wrong.
    pub fn new(width: usize, height: usize, classes: Vec<u32>) -> Result<Self> {
        if width.checked_mul(height) != Some(classes.len()) || classes.is_empty() {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "a segmentation of {width}x{height} pixels needs a class for each and at least one, found {}",
                    classes.len()
                ),
            ));
        }
        Ok(Self {
            width,
            height,
            classes,
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

    /// The class of each pixel, rows from the top.
    pub fn classes(&self) -> &[u32] {
        &self.classes
    }

    /// The classes that it has, and the share of the pixels of each, 0 to 1, the largest share first.
    pub fn shares(&self) -> Vec<(usize, f64)> {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for &class in &self.classes {
            *counts.entry(class).or_default() += 1;
        }
        let mut counts: Vec<(u32, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let pixels = self.classes.len() as f64;
        let shares = counts.into_iter();
        shares
            .map(|(class, count)| (class as usize, count as f64 / pixels))
            .collect()
    }

    /// A picture in which each pixel has the [colour](class_colour) of its class.
    ///
    /// # Errors
    /// None.
    pub fn picture(&self) -> Result<Photo> {
        let colours = self.classes.iter();
        let colours = colours.flat_map(|&class| class_colour(class as usize));
        Photo::new(self.width, self.height, colours.collect::<Vec<u8>>())
    }

    /// Tints and outlines the pixels of `photo` in the colours of their classes, except the background. It must be the
    /// photo of the segmentation.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the photo has another size.
    pub fn over(&self, mut photo: Photo) -> Result<Photo> {
        overlay::check_size(&photo, [self.width, self.height])?;
        overlay::outline(&mut photo, &self.classes, |class| {
            class_colour(class as usize)
        });
        Ok(photo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_colours_are_those_of_the_classes() {
        let found = Segmentation::new(2, 2, vec![8, 0, 8, 15]).unwrap();
        assert_eq!(found.shares(), [(8, 0.5), (0, 0.25), (15, 0.25)]);
        let cat = [64, 0, 0];
        let expected = [cat, [0; 3], cat, [192, 128, 128]].concat();
        assert_eq!(found.picture().unwrap().rgb(), expected);
        assert!(Segmentation::new(2, 2, vec![0; 3]).is_err());
        assert!(Segmentation::new(0, 2, Vec::new()).is_err());
    }
}
