//! From an answer for each pixel to a mask in an application's texture.

use super::dispatch::{Compiled, record};
use super::paint::{PAINT, Scores};
use super::texture_target::TextureTarget;
use crate::error::Result;
use crate::kernels::uniforms::{Field, Value};
use crate::kernels::{Access, Kernel, numbers, read};
use crate::session::{BoundCall, Output};

/// From the scores of each pixel to how probable it is that it shows what is looked for.
pub static FOREGROUND: Kernel = Kernel {
    name: "foreground",
    shader: &[include_str!("../../shaders/frame/foreground.wgsl")],
    uniform: &[("input", Field::View), ("image", Field::Word)],
    bindings: &[read("input"), numbers("scores", Access::Write)],
    ..Kernel::COMMON
};

/// Paints the mask that a network answers with, a U-Net say, into a texture of the application: the picture
/// of [`ScoreMap::foreground`] and [`ScoreMap::paint`], without a trip through the CPU.
///
/// [`ScoreMap::foreground`]: crate::maps::ScoreMap::foreground
/// [`ScoreMap::paint`]: crate::maps::ScoreMap::paint
pub struct MaskOutput {
    calls: [BoundCall; 2],
}

impl MaskOutput {
    /// Prepares the way from `output` to `target`; a session stands for its answer. The texture must be one of the
    /// session's device.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where the texture cannot be painted into, or the session's batch has no such image;
    /// [`ErrorKind::Limit`] where the mask is longer than a binding may be; [`ErrorKind::Device`] where the
    /// device refuses: a texture of another device, say.
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
        let foreground = Compiled::new(gpu, &FOREGROUND).await?;
        let paint = Compiled::new(gpu, &PAINT).await?;
        let made = gpu.accepted("the texture", || {
            let scores = Scores::new(gpu, answer.shape)?;
            let paint = scores.painted(&paint, session, target)?;
            let foreground = foreground.call(
                gpu,
                &[Value::View(answer, batch), Value::Word(target.image)],
                vec![session.binding(answer), scores.scores.as_entire_binding()],
                answer.shape.pixels(),
            )?;
            Ok(Self {
                calls: [foreground, paint],
            })
        });
        made.await
    }

    /// Records the painting: one compute pass, behind the session's own.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        record(encoder, "mask", &self.calls);
    }
}
