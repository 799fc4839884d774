use super::planes;
use crate::graph::{BatchNorm, Shape};

/// The four tensors of a batch normalisation, one value for each channel.
pub(super) struct Statistics<'a> {
    pub gamma: &'a [f32],
    pub beta: &'a [f32],
    pub mean: &'a [f32],
    pub variance: &'a [f32],
}

/// Writes `activation((x - mean) / sqrt(variance + epsilon) * gamma + beta)`.
pub(super) fn batch_norm(
    op: &BatchNorm,
    statistics: &Statistics<'_>,
    shape: Shape,
    input: &[f32],
    output: &mut [f32],
) {
    let pixels = shape.pixels();
    planes::for_each(output, pixels, |plane, values| {
        let channel = plane % shape.channels;
        let variance = f64::from(statistics.variance[channel]) + op.parameters.epsilon;
        let scale = f64::from(statistics.gamma[channel]) / variance.sqrt();
        let mean = f64::from(statistics.mean[channel]);
        let beta = f64::from(statistics.beta[channel]);
        for (value, &x) in values.iter_mut().zip(&input[plane * pixels..]) {
            let normalised = (f64::from(x) - mean) * scale + beta;
            *value = op.activation.apply(normalised as f32);
        }
    });
}
