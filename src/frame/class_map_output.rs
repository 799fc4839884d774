//! Painting class maps into an application's texture.

use super::class_scores::ClassScores;
use super::dispatch::record;
use super::paint::Painting;
use super::texture_target::TextureTarget;
use crate::error::Result;
use crate::maps::ClassMaps;
use crate::session::Output;

/// Paints the map of a class into a texture of the application. It is the same picture as that of [`ClassMaps::map`],
/// [`ScoreMap::relative`] and [`ScoreMap::paint`], without copies to the host.
///
/// [`ScoreMap::relative`]: crate::maps::ScoreMap::relative
/// [`ScoreMap::paint`]: crate::maps::ScoreMap::paint
pub struct ClassMapOutput {
    scores: ClassScores,
    paint: Painting,
}

impl ClassMapOutput {
    /// Prepares to paint maps of a session's runs into `target`. The output `scores` has a score for each class; a
    /// `&Session` converts to its main output. `maps` must come from the session's graph and weights, and the texture must
    /// belong to its device. By default the map is that of the class with the highest score; see
    /// [`ClassMapOutput::set_class`].
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the texture cannot be painted into, if the session's batch has no such image, or if
    /// `maps` belong to another graph. [`ErrorKind::Limit`] if the weights of the linear layer are longer than a binding
    /// may be. [`ErrorKind::Device`] if the device refuses the texture, for example one of another device.
    ///
    /// [`ErrorKind::Input`]: crate::ErrorKind::Input
    /// [`ErrorKind::Limit`]: crate::ErrorKind::Limit
    /// [`ErrorKind::Device`]: crate::ErrorKind::Device
    pub async fn new_async<'a>(
        scores: impl Into<Output<'a>>,
        maps: &ClassMaps,
        target: &TextureTarget<'_>,
    ) -> Result<Self> {
        let output = scores.into();
        let scores = ClassScores::new_async(&output, maps, target.image).await?;
        let paint = Painting::new_async(output.session(), scores.map(), target).await?;
        Ok(Self { scores, paint })
    }

    /// Sets the class whose map is painted, from the next submission on. With `None` it is the class with the highest
    /// score (top-1) of each run, which the device finds itself.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if there is no such class.
    pub fn set_class(&mut self, class: Option<usize>) -> Result<()> {
        self.scores.set_class(class)
    }

    /// Records the painting as one compute pass. Call it after the session's run is recorded.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        let calls = self.scores.calls().chain([self.paint.call()]);
        record(encoder, "class map", calls);
    }
}
