//! From an application's texture to a network's input, on the device.

use super::dispatch::record;
use super::resize;
use super::texture_source::TextureSource;
use crate::error::{Error, ErrorKind, Result};
use crate::preprocess::Preprocess;
use crate::session::{BoundCall, Input};

/// Preprocesses a texture of the application into a session's input: resize, crop, colour and normalisation,
/// the same 8-bit values as [`Preprocess::pixels`] of the same photo.
pub struct TextureInput {
    passes: [BoundCall; 2],
}

impl TextureInput {
    /// Prepares the way from `source` to image number `image` of the session's batch. The texture must be one of
    /// the session's device. What the texture shows is read anew by each recorded frame; for a texture of
    /// another size or place, make another one.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where the texture cannot be read so, the preprocessing does not make what the
    /// network takes, or the session's batch has no such image; [`ErrorKind::Limit`] where the source is too
    /// large for the device; [`ErrorKind::Device`] where the device refuses: a texture of another device, say.
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
        let kernels = resize::Kernels::new(gpu).await?;
        let passes = gpu.accepted("the texture", || {
            kernels.calls(&input, &source.open()?, preprocess, image)
        });
        let passes = passes.await?;
        Ok(Self { passes })
    }

    /// Records the preprocessing: one compute pass, in front of the session's own.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        record(encoder, "preprocess", &self.passes);
    }
}
