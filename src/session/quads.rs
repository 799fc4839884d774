//! Conversion between the host's NCHW order and the device's order, channels last in quads.

use std::borrow::Cow;

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::kernels::{Format, QUAD, View};
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

/// The bytes of `quads` in `format`.
///
/// # Errors
/// The first finite value beyond the range of the format.
pub fn encoded(quads: &[[f32; QUAD]], format: Format) -> Result<Cow<'_, [u8]>, f32> {
    match beyond(quads.as_flattened(), format) {
        Some(found) => Err(found),
        None => Ok(clamped(quads, format)),
    }
}

/// The bytes of `quads` in `format`, with finite values clamped to its range.
pub fn clamped(quads: &[[f32; QUAD]], format: Format) -> Cow<'_, [u8]> {
    match format {
        Format::F32 => Cow::Borrowed(bytemuck::cast_slice(quads)),
        Format::F16 => {
            let values = quads.as_flattened();
            let mut halves = vec![f16::ZERO; values.len()];
            halves.convert_from_f32_slice(values);
            for (half, value) in halves.iter_mut().zip(values) {
                if half.is_infinite() && value.is_finite() {
                    *half = f16::MAX.copysign(*half);
                }
            }
            Cow::Owned(bytemuck::cast_slice(&halves).to_vec())
        }
    }
}

/// From this magnitude on, the nearest f16 is infinite.
const BEYOND_F16: f32 = 65520.0;

/// The first finite one of `values` that is infinite in `format`.
pub fn beyond(values: &[f32], format: Format) -> Option<f32> {
    if format == Format::F32 {
        return None;
    }
    let mut values = values.iter().copied();
    values.find(|value| value.is_finite() && value.abs() >= BEYOND_F16)
}

/// Fills `tensor` from the bytes of the quads of `view`, which cover its [extent](View::extent).
pub fn read(bytes: &[u8], view: &View, tensor: &mut Tensor) {
    match view.format {
        Format::F32 => read_as(bytemuck::cast_slice(bytes), view, tensor, |value: f32| {
            value
        }),
        Format::F16 => read_as(bytemuck::cast_slice(bytes), view, tensor, f16::to_f32),
    }
}

fn read_as<T: Copy>(
    quads: &[[T; QUAD]],
    view: &View,
    tensor: &mut Tensor,
    value_of: impl Fn(T) -> f32,
) {
    let pixels = view.shape.pixels();
    for (index, plane) in tensor.data_mut().chunks_exact_mut(pixels).enumerate() {
        let (image, channel) = (index / view.shape.channels, index % view.shape.channels);
        let first = image * pixels * view.pitch + channel / QUAD;
        for (pixel, value) in plane.iter_mut().enumerate() {
            *value = value_of(quads[first + pixel * view.pitch][channel % QUAD]);
        }
    }
}
