//! Conversion between the host's NCHW order and the device's order, channels last in quads.

use crate::kernels::{QUAD, View};
use crate::tensor::Tensor;

/// Converts `tensor` to the quads of `view`, which shares its place with no other tensor.
pub fn from_tensor(tensor: &Tensor, view: &View) -> Vec<[f32; QUAD]> {
    let pixels = view.shape.pixels();
    let mut quads = vec![[0.0; QUAD]; view.extent(tensor.batch()).len()];
    for (index, plane) in tensor.data().chunks_exact(pixels).enumerate() {
        let (image, channel) = (index / view.shape.channels, index % view.shape.channels);
        let first = image * pixels * view.pitch + channel / QUAD;
        for (pixel, &value) in plane.iter().enumerate() {
            quads[first + pixel * view.pitch][channel % QUAD] = value;
        }
    }
    quads
}

/// Fills `tensor` from the quads of `view`. `quads` covers the [extent](View::extent) of the view.
pub fn read(quads: &[[f32; QUAD]], view: &View, tensor: &mut Tensor) {
    let pixels = view.shape.pixels();
    for (index, plane) in tensor.data_mut().chunks_exact_mut(pixels).enumerate() {
        let (image, channel) = (index / view.shape.channels, index % view.shape.channels);
        let first = image * pixels * view.pitch + channel / QUAD;
        for (pixel, value) in plane.iter_mut().enumerate() {
            *value = quads[first + pixel * view.pitch][channel % QUAD];
        }
    }
}
