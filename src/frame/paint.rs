//! Painting a map of scores into an application's texture: [`ScoreMap::paint`] on the device.
//!
//! [`ScoreMap::paint`]: crate::maps::ScoreMap::paint

use super::dispatch::Compiled;
use super::storage::{empty, filled};
use super::texture_target::TextureTarget;
use crate::error::Result;
use crate::gpu::{DeviceBuffer, DeviceTensor, Gpu};
use crate::kernels::uniforms::{Field, Value};
use crate::kernels::{Access, Binding, BindingKind, Kernel, numbers};
use crate::maps::spans;
use crate::session::{BoundCall, Session};
use crate::tensor::Shape;

/// Paints scores, scaled by their range, as a picture.
pub static PAINT: Kernel = Kernel {
    name: "paint",
    shader: &[include_str!("../../shaders/frame/paint.wgsl")],
    uniform: &[
        ("width", Field::Word),
        ("items", Field::Word),
        ("left", Field::Word),
        ("top", Field::Word),
        ("right", Field::Word),
        ("bottom", Field::Word),
        ("map_width", Field::Word),
        ("map_height", Field::Word),
        ("colours", Field::Word),
        ("has_threshold", Field::Word),
        ("threshold", Field::Number),
        ("first_x", Field::Number),
        ("first_y", Field::Number),
        ("step_x", Field::Number),
        ("step_y", Field::Number),
    ],
    bindings: &[
        numbers("scores", Access::Read),
        numbers("range", Access::Read),
        numbers("palette", Access::Read),
        Binding {
            name: "canvas",
            access: Access::Write,
            kind: BindingKind::Canvas,
        },
    ],
    ..Kernel::COMMON
};

/// A map of scores on the device, and the range of scores that is scaled to 0 to 1.
pub struct Scores {
    /// Height and width of the map.
    pub shape: Shape,
    /// The scores, row by row.
    pub scores: DeviceBuffer,
    /// The score that becomes 0, and the score that becomes 1.
    pub range: DeviceBuffer,
}

impl Scores {
    /// Memory for a map of the height and width of `shape`. The range is 0 to 1 until it is written.
    pub fn new(gpu: &Gpu, shape: Shape) -> Result<Self> {
        Ok(Self {
            shape,
            scores: empty(gpu, "scores", shape.pixels())?,
            range: filled(gpu, "range", &[0.0_f32, 1.0])?,
        })
    }

    /// The dispatch of [`PAINT`] that paints the map into `target`.
    ///
    /// # Errors
    /// As [`TextureTarget::open`], and if the target's `crop_rect` is not a rectangle.
    pub fn painted(
        &self,
        paint: &Compiled,
        session: &Session,
        target: &TextureTarget<'_>,
    ) -> Result<BoundCall> {
        let gpu = session.gpu();
        let open = target.open(session.program().batch())?;
        let size = [open.height, open.width];
        let [rows, columns] = spans(
            &target.crop_rect,
            size,
            [self.shape.height, self.shape.width],
        )?;
        let colours = target.style.palette.colours();
        let levels: Vec<f32> = colours
            .as_flattened()
            .iter()
            .copied()
            .map(f32::from)
            .collect();
        let palette = filled(gpu, "palette", &levels)?;
        let threshold = target.style.threshold;
        let values = [
            Value::Word(open.width),
            Value::Word(open.width * open.height),
            Value::Word(columns.covered.start),
            Value::Word(rows.covered.start),
            Value::Word(columns.covered.end),
            Value::Word(rows.covered.end),
            Value::Word(self.shape.width),
            Value::Word(self.shape.height),
            Value::Word(colours.len()),
            Value::Word(usize::from(threshold.is_some())),
            Value::Number(f64::from(threshold.unwrap_or_default())),
            Value::Number(f64::from(columns.first)),
            Value::Number(f64::from(rows.first)),
            Value::Number(f64::from(columns.step)),
            Value::Number(f64::from(rows.step)),
        ];
        let resources = vec![
            self.scores.as_entire_binding(),
            self.range.as_entire_binding(),
            palette.as_entire_binding(),
            wgpu::BindingResource::TextureView(&open.view),
        ];
        let call = paint.call(gpu, &values, resources, open.width * open.height)?;
        let held = [self.scores.clone(), self.range.clone(), palette];
        Ok(call.holding(held.map(DeviceTensor::Buffer)))
    }
}
