use super::planes;
use crate::graph::Activation;

/// Writes the function of each value of `input`.
pub(super) fn activation(function: Activation, input: &[f32], output: &mut [f32]) {
    const RUN: usize = 1 << 14;
    planes::for_each(output, RUN, |index, values| {
        for (value, &x) in values.iter_mut().zip(&input[index * RUN..]) {
            *value = function.apply(x);
        }
    });
}
