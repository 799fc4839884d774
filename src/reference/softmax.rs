use crate::tensor::Shape;

/// Writes `exp(x) / sum(exp(x))` over the channels of each pixel. Subtracts the maximum first, which does not
/// change the result but keeps the exponentials finite.
pub(super) fn softmax(shape: Shape, input: &[f32], output: &mut [f32]) {
    let pixels = shape.pixels();
    let elements = shape.elements().max(1);
    for (image, result) in input.chunks(elements).zip(output.chunks_mut(elements)) {
        for pixel in 0..pixels {
            let channels = || image[pixel..].iter().step_by(pixels).map(|&x| f64::from(x));
            let largest = channels().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = channels().map(|x| (x - largest).exp()).sum();
            let results = result[pixel..].iter_mut().step_by(pixels);
            for (value, x) in results.zip(channels()) {
                *value = ((x - largest).exp() / sum) as f32;
            }
        }
    }
}
