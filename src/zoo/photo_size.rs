//! The size of a network's input for a photo.

use super::Model;
use crate::tensor::Shape;

/// The size of the input for a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PhotoSize {
    /// The network's usual size, whatever the photo is.
    Usual,
    /// The size of the photo.
    Same,
    /// The shorter side gets this number of pixels, and the longer one keeps the proportion.
    ShorterSide(usize),
}

impl Model {
    /// Whether the input for a photo has the size of the photo.
    pub(crate) fn keeps_photo_size(&self) -> bool {
        self.photo_size == PhotoSize::Same
    }

    /// The input for a photo of `size` pixels, height first: the usual input of a classifier, and an input with the
    /// proportions of the photo for a segmentation.
    pub fn input_for(&self, size: [usize; 2]) -> Shape {
        let [height, width] = match self.photo_size {
            PhotoSize::Usual => [self.input.height, self.input.width],
            PhotoSize::Same => size,
            PhotoSize::ShorterSide(side) => {
                let shorter = size[0].min(size[1]).max(1);
                // The longer side is rounded down, as in torchvision.
                size.map(|length| (side * length / shorter).max(1))
            }
        };
        Shape {
            height,
            width,
            ..self.input
        }
    }
}
