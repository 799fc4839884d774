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
    shader: &[
        include_str!("../../shaders/frame/between.wgsl"),
        include_str!("../../shaders/frame/paint.wgsl"),
    ],
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
        CANVAS,
    ],
    ..Kernel::COMMON
};

/// The texture that is painted.
pub const CANVAS: Binding = Binding {
    name: "canvas",
    access: Access::Write,
    kind: BindingKind::Canvas,
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
}

/// The dispatch of [`PAINT`] for a map and a target.
pub struct Painting(BoundCall);

impl Painting {
    /// Prepares to paint `map`, of a run of `session`, into `target`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if the texture cannot be painted into, if the session's batch has no such
    /// image, or if the target's `crop_rect` is not a rectangle. [`ErrorKind::Device`](crate::ErrorKind::Device) if the device
    /// refuses the texture, for example one of another device.
    pub async fn new_async(
        session: &Session,
        map: &Scores,
        target: &TextureTarget<'_>,
    ) -> Result<Self> {
        let gpu = session.gpu();
        let paint = Compiled::new(gpu, &PAINT).await?;
        let made = gpu.accepted("the texture", || call(&paint, session, map, target));
        made.await.map(Self)
    }

    /// The dispatch.
    pub fn call(&self) -> &BoundCall {
        &self.0
    }
}

fn call(
    paint: &Compiled,
    session: &Session,
    map: &Scores,
    target: &TextureTarget<'_>,
) -> Result<BoundCall> {
    let gpu = session.gpu();
    let open = target.open(session.program().batch())?;
    let size = [open.height, open.width];
    let [rows, columns] = spans(&target.crop_rect, size, [map.shape.height, map.shape.width])?;
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
        Value::Word(map.shape.width),
        Value::Word(map.shape.height),
        Value::Word(colours.len()),
        Value::Word(usize::from(threshold.is_some())),
        Value::Number(f64::from(threshold.unwrap_or_default())),
        Value::Number(f64::from(columns.first)),
        Value::Number(f64::from(rows.first)),
        Value::Number(f64::from(columns.step)),
        Value::Number(f64::from(rows.step)),
    ];
    let resources = vec![
        map.scores.as_entire_binding(),
        map.range.as_entire_binding(),
        palette.as_entire_binding(),
        wgpu::BindingResource::TextureView(&open.view),
    ];
    let call = paint.call(gpu, &values, resources, open.width * open.height)?;
    let held = [map.scores.clone(), map.range.clone(), palette];
    Ok(call.holding(held.map(DeviceTensor::Buffer)))
}
