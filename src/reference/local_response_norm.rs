use super::planes;
use crate::graph::LocalResponseNorm;
use crate::tensor::Shape;

/// Writes `x / (k + alpha / size * sum(x^2))^beta`, the sum over the channels around each one.
pub(super) fn local_response_norm(
    op: &LocalResponseNorm,
    shape: Shape,
    input: &[f32],
    output: &mut [f32],
) {
    let pixels = shape.pixels();
    planes::for_each(output, pixels, |plane, values| {
        let (image, channel) = (plane / shape.channels, plane % shape.channels);
        let first = channel.saturating_sub(op.reach());
        let end = (channel + op.reach() + 1).min(shape.channels);
        let images = &input[image * shape.elements()..][..shape.elements()];
        for (pixel, value) in values.iter_mut().enumerate() {
            let at = |channel: usize| f64::from(images[channel * pixels + pixel]);
            let sum: f64 = (first..end).map(|channel| at(channel).powi(2)).sum();
            let divisor = (op.k.0 + op.alpha.0 / op.size as f64 * sum).powf(op.beta.0);
            *value = (at(channel) / divisor) as f32;
        }
    });
}
