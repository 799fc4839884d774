//! Maps of pictures that are painted into a texture of the network's device.

use super::{Classification, Picture};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::TextureTarget;
use crate::network::{Network, Painted, Seen, Wanted};
use crate::preprocess::Preprocess;
use crate::tensor::Shape;

impl Network {
    /// Paints into `target` what [`Network::explain_async`] computes: which pixels of `picture` contribute to `class`, or with
    /// `None` to the most probable class. The map stays on the device. Only the scores of the classes are copied to the host, for
    /// the answer. The target has any size, and shows the map of the whole picture. Its `crop_rect` and `image` are those of the
    /// picture, whatever they were.
    ///
    /// The texture must belong to the network's [`Gpu`](crate::gpu::Gpu). Work that is submitted to its queue afterwards sees what
    /// was painted.
    ///
    /// ```no_run
    /// use menagerie::frame::{TextureSource, TextureTarget};
    /// use menagerie::{Network, wgpu};
    ///
    /// # fn explained(network: &mut Network, picture: &wgpu::Texture, heat: &wgpu::Texture) -> menagerie::Result<()> {
    /// let answer = network.paint_explanation(TextureSource::new(picture), None, TextureTarget::new(heat))?;
    /// println!("{}", answer.top(1)[0].label);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Network::explain_async`]; [`ErrorKind::Unsupported`] on the reference executor; [`ErrorKind::Input`] if the texture
    /// cannot be painted into, and [`ErrorKind::Device`] if it is of another device.
    pub async fn paint_explanation_async<'p>(
        &mut self,
        picture: impl Into<Picture<'p>>,
        class: impl Into<Option<usize>>,
        target: TextureTarget<'_>,
    ) -> Result<Classification> {
        let picture = picture.into();
        let wanted = self.painted_explanation(&picture)?;
        self.prepare_wanted_async(wanted).await?;
        let preprocess = self.preprocess_for(wanted.input)?;
        let target = covering(&picture, &preprocess, target)?;
        let seen = picture.seen(&preprocess)?;
        let answer = self.paint_class_map(&seen, class.into(), &target).await?;
        Ok(Classification::new(answer.image(0), self.labels()))
    }

    /// Paints into `target` what [`Network::segment_async`] computes: the probability of the foreground at each pixel of
    /// `picture`. Nothing is copied to the host, so this does not wait for the run, unless the precision is one whose range is
    /// watched, and does not find answers that are not finite. The target is as for [`Network::paint_explanation_async`].
    /// [`Style::foreground`](crate::maps::Style::foreground) covers the foreground with a colour.
    ///
    /// # Errors
    /// As [`Network::segment_async`]; [`ErrorKind::Unsupported`] on the reference executor; [`ErrorKind::Input`] if the texture
    /// cannot be painted into, and [`ErrorKind::Device`] if it is of another device.
    pub async fn paint_mask_async<'p>(
        &mut self,
        picture: impl Into<Picture<'p>>,
        target: TextureTarget<'_>,
    ) -> Result<()> {
        self.paint_segmentation(picture.into(), target, Painted::Mask)
            .await
    }

    /// Paints into `target` what [`Network::segment_classes_async`] computes: each pixel of `picture` in the
    /// [colour](crate::maps::class_colour) of its class, and nothing for class 0. The style of the target has no meaning here, and
    /// the rest is as for [`Network::paint_mask_async`].
    ///
    /// # Errors
    /// As [`Network::paint_mask_async`]; [`ErrorKind::Input`] if the network has only one class.
    pub async fn paint_classes_async<'p>(
        &mut self,
        picture: impl Into<Picture<'p>>,
        target: TextureTarget<'_>,
    ) -> Result<()> {
        self.paint_segmentation(picture.into(), target, Painted::Classes)
            .await
    }

    async fn paint_segmentation(
        &mut self,
        picture: Picture<'_>,
        target: TextureTarget<'_>,
        painted: Painted,
    ) -> Result<()> {
        let shape = self.painted_shape(&picture)?;
        let prepared = self.prepare_wanted_async(shape.into()).await;
        prepared.map_err(|error| self.explained(error, shape))?;
        let preprocess = self.preprocess_for(shape)?;
        let target = covering(&picture, &preprocess, target)?;
        let seen = picture.seen(&preprocess)?;
        self.paint_scores(&seen, painted, &target).await
    }

    /// The variant for the explanation of `picture` in a texture.
    pub(crate) fn painted_explanation(&self, picture: &Picture<'_>) -> Result<Wanted> {
        self.check_paints()?;
        self.explained_input(picture)
    }

    /// The shape of the input for the segmentation of `picture` in a texture.
    pub(crate) fn painted_shape(&self, picture: &Picture<'_>) -> Result<Shape> {
        self.check_paints()?;
        self.segmented_shape(picture)
    }

    /// Checks that the network is on a device with textures.
    fn check_paints(&self) -> Result<()> {
        match self.device().gpu() {
            Some(_) => Ok(()),
            None => Err(Error::new(
                ErrorKind::Unsupported,
                "the reference executor has no textures to paint into",
            )),
        }
    }
}

impl Picture<'_> {
    /// The picture as the input of a run.
    fn seen<'s>(&'s self, preprocess: &'s Preprocess) -> Result<Seen<'s>> {
        match self {
            Picture::Photo(photo) => preprocess.apply(photo).map(Seen::Input),
            Picture::Texture(source) => Ok(Seen::Texture(source, preprocess)),
        }
    }
}

/// `target`, with the part of `picture` that an input of `preprocess` shows.
fn covering<'t>(
    picture: &Picture<'_>,
    preprocess: &Preprocess,
    target: TextureTarget<'t>,
) -> Result<TextureTarget<'t>> {
    let [width, height] = picture.size()?;
    Ok(TextureTarget {
        crop_rect: preprocess.crop_rect(height, width)?,
        image: 0,
        ..target
    })
}
