//! Segmentation of photos.

use super::{Mask, overlay};
use crate::error::Result;
use crate::maps::ScoreMap;
use crate::network::Network;
use crate::photo::Photo;
use crate::tensor::Shape;
use crate::zoo::Task;

impl Network {
    /// Segments `photo`. The mask has the size of the photo. A network of the zoo runs at that size, unless it was
    /// loaded for another. It keeps prepared programs for the last few sizes. If the network runs at another size, the
    /// mask is interpolated.
    ///
    /// ```
    /// use menagerie::{Network, Photo};
    ///
    /// # fn main() -> menagerie::Result<()> {
    /// # if cfg!(not(feature = "embedded-weights")) { return Ok(()); }
    /// let mut network = Network::load("unet_small")?;
    /// let grey = Photo::new(50, 40, vec![128; 3 * 50 * 40])?;
    /// let mask = network.segment(&grey)?;
    /// assert_eq!((mask.width(), mask.height()), (50, 40));
    /// println!("{:.1} % covered", 100.0 * mask.covered_share(0.5));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::WrongTask`](crate::ErrorKind::WrongTask) if the network classifies;
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if the photo is too large for the device, with the largest size
    /// that fits; those of [`Network::prepare_async`] and of a run.
    pub async fn segment_async(&mut self, photo: &Photo) -> Result<Mask> {
        let shape = self.segmented_shape(photo)?;
        let prepared = self.prepare_wanted_async(shape.into()).await;
        prepared.map_err(|error| self.explained(error, shape))?;
        let preprocess = self.preprocess_for(shape)?;
        let input = preprocess.apply(photo)?;
        let map = ScoreMap::foreground(&self.answer(&input).await?, 0)?;
        let crop_rect = preprocess.crop_rect(photo.height(), photo.width())?;
        let [width, height] = overlay::size(photo);
        Mask::new(width, height, map.values(&crop_rect, [width, height])?)
    }

    /// The shape of the input for the segmentation of a photo.
    pub(crate) fn segmented_shape(&self, photo: &Photo) -> Result<Shape> {
        self.check_task(Task::Segment)?;
        self.shape_for(photo)
    }
}
