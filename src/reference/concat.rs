/// Concatenates the channels of each image of `inputs`. Each input has its data and its number of values for one
/// image.
pub(super) fn concat(inputs: &[(&[f32], usize)], output: &mut [f32]) {
    let elements: usize = inputs.iter().map(|(_, count)| count).sum();
    for (index, image) in output.chunks_mut(elements).enumerate() {
        let mut begin = 0;
        for &(data, count) in inputs {
            image[begin..begin + count].copy_from_slice(&data[index * count..][..count]);
            begin += count;
        }
    }
}
