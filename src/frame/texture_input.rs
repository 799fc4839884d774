//! Preprocessing an application's texture to a network's input, on the device.

use super::dispatch::record;
use super::resize;
use super::texture_source::TextureSource;
use crate::error::{Error, ErrorKind, Result};
use crate::preprocess::Preprocess;
use crate::session::{BoundCall, Input};

/// Preprocesses a texture of the application to a session's input: resize, crop, colour conversion and normalisation. The
/// 8-bit values before normalisation are the same as those of [`Preprocess::pixels`] for the same photo.
pub struct TextureInput {
    passes: [BoundCall; 2],
}

impl TextureInput {
    /// Prepares the preprocessing from `source` to image number `image` of the session's batch. The texture must belong to
    /// the session's device. Each recorded frame reads the current content of the texture. For another texture or another
    /// region, make another `TextureInput`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the texture cannot be read in this way, if the preprocessing makes images of another shape
    /// than the network's input, or if the session's batch has no such image. [`ErrorKind::Limit`] if the source is too
    /// large for the device. [`ErrorKind::Device`] if the device refuses the texture, for example one of another device.
    pub async fn new_async<'a>(
        input: impl Into<Input<'a>>,
        source: &TextureSource<'_>,
        preprocess: &Preprocess,
        image: usize,
    ) -> Result<Self> {
        let input = input.into();
        resize::check_shape(&input, preprocess)?;
        let session = input.session();
        let batch = session.program().batch();
        if image >= batch {
            return Err(Error::new(
                ErrorKind::Input,
                format!("a batch of {batch} has no image number {image}, they count from 0"),
            ));
        }
        let gpu = session.gpu();
        let kernels = resize::Kernels::new(gpu, &input).await?;
        let passes = gpu.accepted("the texture", || {
            kernels.calls(&input, &source.open()?, preprocess, image)
        });
        let passes = passes.await?;
        Ok(Self { passes })
    }

    /// Records the preprocessing as one compute pass. Call it before the session's run is recorded.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        record(encoder, "preprocess", &self.passes);
    }
}
