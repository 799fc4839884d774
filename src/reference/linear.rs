use super::planes;
use crate::graph::Linear;

/// Writes `activation(weight x + bias)`, summed in f64.
pub(super) fn linear(
    op: &Linear,
    weight: &[f32],
    bias: Option<&[f32]>,
    input: &[f32],
    output: &mut [f32],
) {
    // Few enough for the threads to share, enough to be worth fetching.
    const RUN: usize = 16;
    planes::for_each(output, RUN, |index, values| {
        for (offset, value) in values.iter_mut().enumerate() {
            let position = index * RUN + offset;
            let (image, feature) = (position / op.out_features, position % op.out_features);
            let row = &weight[feature * op.in_features..][..op.in_features];
            let x = &input[image * op.in_features..][..op.in_features];
            let mut sum = bias.map_or(0.0, |bias| f64::from(bias[feature]));
            for (&weight, &x) in row.iter().zip(x) {
                sum += f64::from(weight) * f64::from(x);
            }
            *value = op.activation.apply(sum as f32);
        }
    });
}
