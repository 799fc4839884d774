//! Painting the classes of a segmentation into an application's texture.

use super::dispatch::{Compiled, record};
use super::paint::CANVAS;
use super::texture_target::TextureTarget;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::interface::Formats;
use crate::kernels::uniforms::{Field, Value};
use crate::kernels::{Kernel, read};
use crate::maps::spans;
use crate::session::{BoundCall, Output};

/// Paints the colour of the class with the highest score.
pub static PAINT_CLASSES: Kernel = Kernel {
    name: "paint_classes",
    shader: &[
        include_str!("../../shaders/frame/between.wgsl"),
        include_str!("../../shaders/frame/paint_classes.wgsl"),
    ],
    uniform: &[
        ("input", Field::View),
        ("image", Field::Word),
        ("picture_width", Field::Word),
        ("items", Field::Word),
        ("left", Field::Word),
        ("top", Field::Word),
        ("right", Field::Word),
        ("bottom", Field::Word),
        ("first_x", Field::Number),
        ("first_y", Field::Number),
        ("step_x", Field::Number),
        ("step_y", Field::Number),
    ],
    bindings: &[read("input"), CANVAS],
    ..Kernel::COMMON
};

/// Paints the class of each pixel, by a segmentation network with several classes, into a texture of the application, without
/// copies to the host. Classes have their [colours](crate::maps::class_colour), and class 0, the background, is transparent. It
/// is the picture of [`Segmentation::picture`](crate::tasks::Segmentation::picture) in other respects.
pub struct ClassesOutput {
    paint: BoundCall,
}

impl ClassesOutput {
    /// Prepares to paint `output` into `target`, whose style has no meaning here. A `&Session` converts to its main output. The
    /// texture must belong to the session's device.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the output has less than two classes, if the texture cannot be painted into, or if the session's
    /// batch has no such image. [`ErrorKind::Device`] if the device refuses the texture, for example one of another device.
    pub async fn new_async<'a>(
        output: impl Into<Output<'a>>,
        target: &TextureTarget<'_>,
    ) -> Result<Self> {
        let output = output.into();
        let (session, scores) = (output.session(), output.view());
        let (gpu, batch) = (session.gpu(), session.program().batch());
        if scores.shape.channels < 2 {
            let shape = scores.shape;
            let message = format!("expected scores of at least 2 classes, found {shape}");
            return Err(Error::new(ErrorKind::Input, message));
        }
        let formats = Formats::with(&PAINT_CLASSES, "input", scores.format);
        let paint = Compiled::with(gpu, &PAINT_CLASSES, formats).await?;
        let made = gpu.accepted("the texture", || {
            let open = target.open(batch)?;
            let cells = [scores.shape.height, scores.shape.width];
            let [rows, columns] = spans(&target.crop_rect, [open.height, open.width], cells)?;
            let values = [
                Value::View(scores, batch),
                Value::Word(target.image),
                Value::Word(open.width),
                Value::Word(open.width * open.height),
                Value::Word(columns.covered.start),
                Value::Word(rows.covered.start),
                Value::Word(columns.covered.end),
                Value::Word(rows.covered.end),
                Value::Number(f64::from(columns.first)),
                Value::Number(f64::from(rows.first)),
                Value::Number(f64::from(columns.step)),
                Value::Number(f64::from(rows.step)),
            ];
            let resources = vec![
                session.binding(scores),
                wgpu::BindingResource::TextureView(&open.view),
            ];
            paint.call(gpu, &values, resources, open.width * open.height)
        });
        let paint = made.await?;
        Ok(Self { paint })
    }

    /// Records the painting as one compute pass. Call it after the session's run is recorded.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        record(encoder, "classes", [&self.paint]);
    }
}
