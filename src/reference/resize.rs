use super::planes;
use crate::graph::{Interpolation, Resize};
use crate::tensor::Shape;

/// Writes the resized image.
pub(super) fn resize(
    op: &Resize,
    shape: Shape,
    input: &[f32],
    output_shape: Shape,
    output: &mut [f32],
) {
    let rows = op.interpolation.sampling(shape.height, op.height);
    let columns = op.interpolation.sampling(shape.width, op.width);
    planes::for_each(output, output_shape.pixels(), |plane, values| {
        let source = &input[plane * shape.pixels()..][..shape.pixels()];
        let pixel = |y: usize, x: usize| f64::from(source[y * shape.width + x]);
        for (index, value) in values.iter_mut().enumerate() {
            let (top, down) = rows.source(index / op.width);
            let (left, right) = columns.source(index % op.width);
            *value = match op.interpolation {
                Interpolation::Nearest => pixel(top, left) as f32,
                Interpolation::Bilinear { .. } => {
                    let bottom = (top + 1).min(shape.height - 1);
                    let next = (left + 1).min(shape.width - 1);
                    let above = mix(pixel(top, left), pixel(top, next), right);
                    let below = mix(pixel(bottom, left), pixel(bottom, next), right);
                    mix(above, below, down) as f32
                }
            };
        }
    });
}

fn mix(a: f64, b: f64, fraction: f64) -> f64 {
    a * (1.0 - fraction) + b * fraction
}
