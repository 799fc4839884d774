//! The size of a network's input for a photo.

use super::Model;

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
    /// The size of the input for a photo of `size` pixels, both height first. A segmentation network gets an input with the
    /// proportions of the photo. `None` for other networks: their input has the same size for all photos.
    pub fn size_for(&self, size: [usize; 2]) -> Option<[usize; 2]> {
        match self.photo_size {
            PhotoSize::Usual => None,
            PhotoSize::Same => Some(size),
            PhotoSize::ShorterSide(side) => {
                let shorter = size[0].min(size[1]).max(1);
                // The longer side is rounded down, as in torchvision.
                Some(size.map(|length| (side * length / shorter).max(1)))
            }
        }
    }

    /// Whether the input for a photo has the size of the photo.
    pub(crate) fn keeps_photo_size(&self) -> bool {
        self.photo_size == PhotoSize::Same
    }
}
