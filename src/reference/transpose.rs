use crate::tensor::Permutation;

/// Permutes the axes of each image, which has these `extents`. Axis `i` of the result is axis `axes[i]` of the input.
pub(super) fn transpose(axes: &[usize], extents: &[usize], input: &[f32], output: &mut [f32]) {
    let permutation = Permutation::new(extents, axes);
    let count: usize = extents.iter().product();
    for (input, output) in input.chunks(count).zip(output.chunks_mut(count)) {
        for (index, value) in output.iter_mut().enumerate() {
            *value = input[permutation.source(index)];
        }
    }
}
