use crate::graph::GroupNorm;
use crate::tensor::Shape;

/// Writes `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, with the statistics of all pixels of each group of
/// channels.
pub(super) fn group_norm(
    op: &GroupNorm,
    gamma: &[f32],
    beta: Option<&[f32]>,
    shape: Shape,
    input: &[f32],
    output: &mut [f32],
) {
    let each = shape.channels / op.groups;
    let count = each * shape.pixels();
    let groups = input.chunks(count).zip(output.chunks_mut(count));
    for (index, (group, result)) in groups.enumerate() {
        let values = || group.iter().map(|&x| f64::from(x));
        let mean = values().sum::<f64>() / count as f64;
        let variance = values().map(|x| (x - mean).powi(2)).sum::<f64>() / count as f64;
        let deviation = (variance + op.epsilon.0).sqrt();
        let first = index % op.groups * each;
        for (place, (value, x)) in result.iter_mut().zip(values()).enumerate() {
            let channel = first + place / shape.pixels();
            let shift = beta.map_or(0.0, |beta| f64::from(beta[channel]));
            *value = ((x - mean) / deviation * f64::from(gamma[channel]) + shift) as f32;
        }
    }
}
