//! Which pixels of a photo speak for a class.

use crate::error::Result;
use crate::labels::Labels;
use crate::maps::{ScoreMap, Style};
use crate::photo::Photo;
use crate::preprocess::CropRect;
use crate::top_k::Ranked;
use std::borrow::Cow;

use super::overlay;

/// The class activation map of a class over a photo (Zhou et al. 2016, arXiv:1512.04150): which pixels speak for it.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub(super) class: Ranked,
    pub(super) labels: Labels,
    pub(super) map: ScoreMap,
    pub(super) crop_rect: CropRect,
    /// Width and height of the photo.
    pub(super) size: [usize; 2],
}

impl Explanation {
    /// The class's index.
    pub fn index(&self) -> usize {
        self.class.index
    }

    /// The class's name, or `class INDEX` where it has none.
    pub fn label(&self) -> Cow<'_, str> {
        self.labels.label(self.class.index)
    }

    /// How probable the network takes the class to be, 0 to 1.
    pub fn probability(&self) -> f64 {
        self.class.probability
    }

    /// A score for each pixel of the network's last features.
    pub fn map(&self) -> &ScoreMap {
        &self.map
    }

    /// Where the map lies on the photo.
    pub fn crop_rect(&self) -> &CropRect {
        &self.crop_rect
    }

    /// The map as a picture of the photo's size: rows from the top, RGBA in sRGB, transparent black where the network
    /// did not look.
    ///
    /// # Errors
    /// None for an explanation that a network gave.
    pub fn paint(&self, style: &Style) -> Result<Vec<u8>> {
        self.map.paint(&self.crop_rect, self.size, style)
    }

    /// The map alone as a heat map, black where the network did not look.
    ///
    /// # Errors
    /// As [`Explanation::paint`].
    pub fn heat_map(&self) -> Result<Photo> {
        let [width, height] = self.size;
        let black = Photo::new(width, height, vec![0; 3 * width * height])?;
        self.over(black, 1.0)
    }

    /// `photo`, which it explains, with the heat map laid over it: `strength`, 0 to 1, is the share of the heat map.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) where the photo is of another size.
    pub fn over(&self, mut photo: Photo, strength: f32) -> Result<Photo> {
        overlay::check_size(&photo, self.size)?;
        let heat = self.paint(&Style::heat())?;
        let (heat, _) = heat.as_chunks::<4>();
        for (pixel, &[red, green, blue, alpha]) in photo.pixels_mut().iter_mut().zip(heat) {
            if alpha > 0 {
                *pixel = overlay::mixed(*pixel, [red, green, blue], strength);
            }
        }
        Ok(photo)
    }
}
