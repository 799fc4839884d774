//! The answer of an explanation.

use crate::error::Result;
use crate::labels::Labels;
use crate::maps::{ScoreMap, Style};
use crate::photo::Photo;
use crate::preprocess::CropRect;
use crate::top_k::Ranked;
use std::borrow::Cow;

use super::overlay;

/// The class activation map of a class over a photo (Zhou et al. 2016, arXiv:1512.04150): which pixels
/// contribute to it.
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

    /// The class's name, or `class INDEX` if it has none.
    pub fn label(&self) -> Cow<'_, str> {
        self.labels.label(self.class.index)
    }

    /// The probability of the class, 0 to 1.
    pub fn probability(&self) -> f64 {
        self.class.probability
    }

    /// A score for each pixel of the network's last features.
    pub fn map(&self) -> &ScoreMap {
        &self.map
    }

    /// The position of the map on the photo.
    pub fn crop_rect(&self) -> &CropRect {
        &self.crop_rect
    }

    /// The map at each pixel of the photo, rows from the top: 0 for its lowest score, 1 for its highest, and 0 outside the
    /// network's input.
    ///
    /// # Errors
    /// The same as [`Explanation::paint`].
    pub fn values(&self) -> Result<Vec<f32>> {
        self.map.values(&self.crop_rect, self.size)
    }

    /// The map as a picture of the photo's size: rows from the top, RGBA in sRGB, transparent black outside the
    /// network's input.
    ///
    /// # Errors
    /// None for an explanation from a network.
    pub fn paint(&self, style: &Style) -> Result<Vec<u8>> {
        self.map.paint(&self.crop_rect, self.size, style)
    }

    /// The map as a heat map without the photo, black outside the network's input.
    ///
    /// # Errors
    /// The same as [`Explanation::paint`].
    pub fn heat_map(&self) -> Result<Photo> {
        let [width, height] = self.size;
        let black = Photo::new(width, height, vec![0; 3 * width * height])?;
        self.over(black, 1.0)
    }

    /// Draws the heat map over `photo`, the photo that it explains. `strength`, 0 to 1, is the opacity of the heat map.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if the photo has another size.
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
