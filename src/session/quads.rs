//! Conversion between the host's NCHW order and the device's order, channels last in quads.

use std::array;
use std::borrow::Cow;

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::kernels::{Format, QUAD, View};
use crate::tensor::{Images, Tensor};

/// Replaces `quads` by the quads of `view`, which shares its place with no other tensor, for the values of `images`. The
/// memory of `quads` is used again.
pub fn fill(quads: &mut Vec<[f32; QUAD]>, images: Images<'_>, view: &View) {
    let (pixels, pitch) = (view.shape.pixels(), view.pitch);
    let length = view.extent(images.batch()).len();
    // All quads are written, unless there are gaps between pixels.
    if quads.len() != length || pitch != view.quads() {
        quads.clear();
        quads.resize(length, [0.0; QUAD]);
    }
    let images = images.data().chunks_exact(view.shape.channels * pixels);
    for (image, planes) in images.enumerate() {
        for (quad, planes) in planes.chunks(QUAD * pixels).enumerate() {
            let quads = &mut quads[image * pixels * pitch + quad..];
            match planes.len() / pixels {
                1 => interleave::<1>(planes, quads, pitch),
                2 => interleave::<2>(planes, quads, pitch),
                3 => interleave::<3>(planes, quads, pitch),
                _ => interleave::<QUAD>(planes, quads, pitch),
            }
        }
    }
}

/// Writes the first `LANES` lanes of every `pitch`-th quad from as many planes. The other lanes become zero. Each quad is written
/// once, as a whole, so nothing need be cleared before.
fn interleave<const LANES: usize>(planes: &[f32], quads: &mut [[f32; QUAD]], pitch: usize) {
    let pixels = planes.len() / LANES;
    let planes: [&[f32]; LANES] = array::from_fn(|lane| &planes[lane * pixels..][..pixels]);
    for (pixel, quad) in quads.iter_mut().step_by(pitch).take(pixels).enumerate() {
        let mut values = [0.0; QUAD];
        for (value, plane) in values.iter_mut().zip(&planes) {
            *value = plane[pixel];
        }
        *quad = values;
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Shape;

    /// Value by value, as the layout is defined.
    fn expected(tensor: &Tensor, view: &View) -> Vec<[f32; QUAD]> {
        let pixels = view.shape.pixels();
        let mut quads = vec![[0.0; QUAD]; view.extent(tensor.batch()).len()];
        for (index, &value) in tensor.data().iter().enumerate() {
            let (plane, pixel) = (index / pixels, index % pixels);
            let (image, channel) = (plane / view.shape.channels, plane % view.shape.channels);
            quads[(image * pixels + pixel) * view.pitch + channel / QUAD][channel % QUAD] = value;
        }
        quads
    }

    #[test]
    fn quads_have_the_values_of_the_tensor_whatever_was_there() {
        let mut quads = vec![[f32::NAN; QUAD]; 7];
        for channels in 1..=9 {
            for (batch, gap) in [(1, 0), (3, 0), (2, 1), (2, 0)] {
                let shape = Shape::new(channels, 3, 5);
                let whole = View::whole(0, shape);
                let view = View {
                    pitch: whole.pitch + gap,
                    ..whole
                };
                let values = (0..batch * channels * 15).map(|value| value as f32 - 7.5);
                let tensor = Tensor::new(batch, shape, values.collect()).unwrap();
                fill(&mut quads, (&tensor).into(), &view);
                assert_eq!(quads, expected(&tensor, &view), "{channels} {batch} {gap}");
                let mut back = Tensor::zeros(batch, shape);
                read(bytemuck::cast_slice(&quads), &view, &mut back);
                assert_eq!(back, tensor);
            }
        }
    }
}
