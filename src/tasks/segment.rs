//! Segmentation of photos.

use super::{Mask, Picture, Segmentation};
use crate::error::Result;
use crate::maps::{ScoreMap, best_classes};
use crate::network::Network;
use crate::preprocess::CropRect;
use crate::tensor::{Shape, Tensor};
use crate::zoo::Task;

impl Network {
    /// Segments `picture` into foreground and background. The mask has the size of the photo. A network of the zoo runs at
    /// the size of [`Model::size_for`](crate::zoo::Model::size_for), unless it was loaded for another. It keeps prepared
    /// programs for the last few sizes. If the network runs at another size than that of the photo, the mask is
    /// interpolated.
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
    pub async fn segment_async<'p>(&mut self, picture: impl Into<Picture<'p>>) -> Result<Mask> {
        let picture = picture.into();
        let (scores, crop_rect) = self.scores(&picture).await?;
        let map = ScoreMap::foreground(&scores, 0)?;
        let [width, height] = picture.size()?;
        Mask::new(width, height, map.values(&crop_rect, [width, height])?)
    }

    /// Segments `picture` into the classes of the network, as [`Network::segment_async`] does into foreground and background.
    /// A pixel gets the class of the highest score. The scores are interpolated to the size of the photo.
    ///
    /// ```no_run
    /// use menagerie::{Network, Photo};
    ///
    /// # fn main() -> menagerie::Result<()> {
    /// let mut network = Network::load("deeplabv3_resnet50")?;
    /// let photo = Photo::open("samples/cat.png")?;
    /// let found = network.segment_classes(&photo)?;
    /// for (class, share) in found.shares() {
    ///     let name = network.labels().name(class).unwrap_or("unknown");
    ///     println!("{name}: {:.1} %", 100.0 * share);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The same as [`Network::segment_async`]; [`ErrorKind::Input`](crate::ErrorKind::Input) if the network has only one
    /// class.
    pub async fn segment_classes_async<'p>(
        &mut self,
        picture: impl Into<Picture<'p>>,
    ) -> Result<Segmentation> {
        let picture = picture.into();
        let (scores, crop_rect) = self.scores(&picture).await?;
        let [width, height] = picture.size()?;
        let classes = best_classes(&scores, &crop_rect, [width, height])?;
        Segmentation::new(width, height, classes)
    }

    /// The scores of each pixel of the input, and the part of `picture` that the input shows.
    async fn scores(&mut self, picture: &Picture<'_>) -> Result<(Tensor, CropRect)> {
        let shape = self.segmented_shape(picture)?;
        let prepared = self.prepare_wanted_async(shape.into()).await;
        prepared.map_err(|error| self.explained(error, shape))?;
        let [width, height] = picture.size()?;
        let crop_rect = self.preprocess_for(shape)?.crop_rect(height, width)?;
        let (mut outputs, _) = self.outputs_of(picture, shape).await?;
        Ok((outputs.swap_remove(0), crop_rect))
    }

    /// The shape of the input for the segmentation of a picture.
    pub(crate) fn segmented_shape(&self, picture: &Picture<'_>) -> Result<Shape> {
        self.check_task(Task::Segment)?;
        self.shape_for(picture.size()?)
    }
}
