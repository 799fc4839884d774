use crate::tensor::Strided;

/// Writes the values of each image of `input`, which has `count` values for each, in the order of `strided`.
pub(super) fn rearrange(strided: &Strided, count: usize, input: &[f32], output: &mut [f32]) {
    let result: usize = strided.axes.iter().map(|(extent, _)| extent).product();
    for (input, output) in input.chunks(count).zip(output.chunks_mut(result)) {
        for (index, value) in output.iter_mut().enumerate() {
            *value = input[strided.source(index)];
        }
    }
}
