use crate::tensor::Tensor;

/// Writes the channels of each image of `inputs` one behind the other.
pub(super) fn concat(inputs: &[&Tensor], output: &mut Tensor) {
    let elements = output.shape().elements();
    for (index, image) in output.data_mut().chunks_mut(elements.max(1)).enumerate() {
        let mut begin = 0;
        for input in inputs {
            let values = input.image(index);
            image[begin..begin + values.len()].copy_from_slice(values);
            begin += values.len();
        }
    }
}
