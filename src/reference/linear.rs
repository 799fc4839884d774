use super::planes;

/// Writes `weight x + bias` for vectors of `in_features` values, summed in f64.
pub(super) fn linear(
    [in_features, out_features]: [usize; 2],
    weight: &[f32],
    bias: Option<&[f32]>,
    input: &[f32],
    output: &mut [f32],
) {
    // Small enough to divide among threads, and large enough to be worth the lock.
    const RUN: usize = 16;
    planes::for_each(output, RUN, |index, values| {
        for (offset, value) in values.iter_mut().enumerate() {
            let position = index * RUN + offset;
            let (image, feature) = (position / out_features, position % out_features);
            let row = &weight[feature * in_features..][..in_features];
            let x = &input[image * in_features..][..in_features];
            let mut sum = bias.map_or(0.0, |bias| f64::from(bias[feature]));
            for (&weight, &x) in row.iter().zip(x) {
                sum += f64::from(weight) * f64::from(x);
            }
            *value = sum as f32;
        }
    });
}
