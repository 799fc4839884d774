use super::planes;
use crate::graph::BatchNorm;
use crate::tensor::Shape;

/// The tensors of a batch normalisation, one value for each channel.
pub(super) struct Statistics<'a> {
    pub gamma: Option<&'a [f32]>,
    pub beta: Option<&'a [f32]>,
    pub mean: &'a [f32],
    pub variance: &'a [f32],
}

/// Writes `(x - mean) / sqrt(variance + epsilon) * gamma + beta`.
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
        let of = |values: Option<&[f32]>, otherwise: f64| {
            values.map_or(otherwise, |values| f64::from(values[channel]))
        };
        let variance = f64::from(statistics.variance[channel]) + op.epsilon.0;
        let scale = of(statistics.gamma, 1.0) / variance.sqrt();
        let mean = f64::from(statistics.mean[channel]);
        let beta = of(statistics.beta, 0.0);
        for (value, &x) in values.iter_mut().zip(&input[plane * pixels..]) {
            *value = ((f64::from(x) - mean) * scale + beta) as f32;
        }
    });
}
