use crate::graph::LayerNorm;
use crate::tensor::Shape;

/// Writes `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, with the statistics of the channels of each pixel.
pub(super) fn layer_norm(
    op: &LayerNorm,
    gamma: &[f32],
    beta: Option<&[f32]>,
    shape: Shape,
    input: &[f32],
    output: &mut [f32],
) {
    let (pixels, channels) = (shape.pixels(), shape.channels as f64);
    let elements = shape.elements().max(1);
    for (image, result) in input.chunks(elements).zip(output.chunks_mut(elements)) {
        for pixel in 0..pixels {
            let values = || image[pixel..].iter().step_by(pixels).map(|&x| f64::from(x));
            let mean = values().sum::<f64>() / channels;
            let variance = values().map(|x| (x - mean).powi(2)).sum::<f64>() / channels;
            let deviation = (variance + op.epsilon.0).sqrt();
            let results = result[pixel..].iter_mut().step_by(pixels);
            for (channel, (value, x)) in results.zip(values()).enumerate() {
                let shift = beta.map_or(0.0, |beta| f64::from(beta[channel]));
                *value = ((x - mean) / deviation * f64::from(gamma[channel]) + shift) as f32;
            }
        }
    }
}
