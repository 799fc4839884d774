//! Painting the mask of a segmentation into an application's texture.

use super::dispatch::{Compiled, record};
use super::paint::{Painting, Scores};
use super::texture_target::TextureTarget;
use crate::error::Result;
use crate::kernels::interface::Formats;
use crate::kernels::uniforms::{Field, Value};
use crate::kernels::{Access, Kernel, numbers, read};
use crate::session::{BoundCall, Output};

/// Computes the foreground probability of each pixel from its scores.
pub static FOREGROUND: Kernel = Kernel {
    name: "foreground",
    shader: &[include_str!("../../shaders/frame/foreground.wgsl")],
    uniform: &[("input", Field::View), ("image", Field::Word)],
    bindings: &[read("input"), numbers("scores", Access::Write)],
    ..Kernel::COMMON
};

/// Paints the mask of a segmentation network, such as a U-Net, into a texture of the application. It is the same picture
/// as that of [`ScoreMap::foreground`] and [`ScoreMap::paint`], without copies to the host.
///
/// [`ScoreMap::foreground`]: crate::maps::ScoreMap::foreground
/// [`ScoreMap::paint`]: crate::maps::ScoreMap::paint
pub struct MaskOutput {
    foreground: BoundCall,
    paint: Painting,
}

impl MaskOutput {
    /// Prepares to paint `output` into `target`. A `&Session` converts to its main output. The texture must belong to the
    /// session's device.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the texture cannot be painted into, or if the session's batch has no such image.
    /// [`ErrorKind::Limit`] if the mask is longer than a binding may be. [`ErrorKind::Device`] if the device refuses the
    /// texture, for example one of another device.
    ///
    /// [`ErrorKind::Input`]: crate::ErrorKind::Input
    /// [`ErrorKind::Limit`]: crate::ErrorKind::Limit
    /// [`ErrorKind::Device`]: crate::ErrorKind::Device
    pub async fn new_async<'a>(
        output: impl Into<Output<'a>>,
        target: &TextureTarget<'_>,
    ) -> Result<Self> {
        let output = output.into();
        let (session, answer) = (output.session(), output.view());
        let (gpu, batch) = (session.gpu(), session.program().batch());
        let formats = Formats::with(&FOREGROUND, "input", answer.format);
        let foreground = Compiled::with(gpu, &FOREGROUND, formats).await?;
        let made = gpu.accepted("a mask", || {
            let scores = Scores::new(gpu, answer.shape)?;
            let foreground = foreground.call(
                gpu,
                &[Value::View(answer, batch), Value::Word(target.image)],
                vec![session.binding(answer), scores.scores.as_entire_binding()],
                answer.shape.pixels(),
            )?;
            Ok((scores, foreground))
        });
        let (scores, foreground) = made.await?;
        let paint = Painting::new_async(session, &scores, target).await?;
        Ok(Self { foreground, paint })
    }

    /// Records the painting as one compute pass. Call it after the session's run is recorded.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        record(encoder, "mask", [&self.foreground, self.paint.call()]);
    }
}
