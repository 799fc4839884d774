use crate::tensor::Shape;

/// Writes `channels` channels of each image of `input`, starting at channel `first`.
pub(super) fn part(shape: Shape, input: &[f32], first: usize, output: &mut [f32], channels: usize) {
    let (elements, pixels) = (shape.elements(), shape.pixels());
    let images = input
        .chunks(elements)
        .zip(output.chunks_mut(channels * pixels));
    for (image, part) in images {
        part.copy_from_slice(&image[first * pixels..(first + channels) * pixels]);
    }
}
