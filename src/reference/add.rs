use super::planes;
use crate::graph::Add;

/// Writes `activation(a + scale * b)`.
pub(super) fn add(op: &Add, a: &[f32], b: &[f32], output: &mut [f32]) {
    const RUN: usize = 1 << 14;
    planes::for_each(output, RUN, |index, values| {
        let begin = index * RUN;
        for (value, (&a, &b)) in values.iter_mut().zip(a[begin..].iter().zip(&b[begin..])) {
            let sum = f64::from(a) + op.scale * f64::from(b);
            *value = op.activation.apply(sum as f32);
        }
    });
}
