use std::borrow::Cow;
use std::ops::Range;

use super::pad::pad;
use super::{check_size, planes};
use crate::error::Result;
use crate::graph::{Conv2d, Pad, Padding, Window};
use crate::tensor::Shape;

/// Sums of this many pixels stay in the fastest cache: 16 KiB of f64.
const BAND: usize = 2048;

/// What a convolution reads, all batches in NCHW order.
pub(super) struct Operands<'a> {
    pub input: &'a [f32],
    pub weight: &'a [f32],
    pub bias: Option<&'a [f32]>,
}

/// Writes `conv(x) + bias`, summed in f64 and rounded once. Sums grow tap by tap over whole rows of pixels, not pixel by pixel, because
/// neighbouring pixels are what a compiler can put into vectors.
pub(super) fn conv(
    op: &Conv2d,
    shape: Shape,
    operands: &Operands<'_>,
    output_shape: Shape,
    output: &mut [f32],
) -> Result<()> {
    let (input, shape) = with_border(&op.window, shape, operands.input, output_shape)?;
    let out_channels = output_shape.channels;
    let in_per_group = shape.channels / op.groups;
    let out_per_group = out_channels / op.groups;
    let group_input = in_per_group * shape.pixels();
    let filter_taps = in_per_group * op.window.kernel[0] * op.window.kernel[1];
    // Windows that move by one pixel keep the input's pitch: then one tap of all rows is one run of
    // pixels, and the few sums between the rows mean nothing.
    let width = output_shape.width;
    let pitch = match op.window.stride {
        [1, 1] => shape.width,
        _ => width,
    };
    let band = (BAND / pitch).max(1);
    planes::for_each(output, output_shape.pixels(), |index, plane| {
        let (image, channel) = (index / out_channels, index % out_channels);
        let group = image * op.groups + channel / out_per_group;
        let input = &input[group * group_input..][..group_input];
        let filter = &operands.weight[channel * filter_taps..][..filter_taps];
        let bias = operands.bias.map_or(0.0, |bias| f64::from(bias[channel]));
        let mut sums = vec![0.0; band * pitch];
        for begin in (0..output_shape.height).step_by(band) {
            let rows = begin..(begin + band).min(output_shape.height);
            sums.fill(bias);
            add_products(
                &op.window,
                shape,
                input,
                filter,
                width,
                rows.clone(),
                &mut sums,
            );
            for (row, sums) in rows.zip(sums.chunks(pitch)) {
                let from = row * width;
                for (value, &sum) in plane[from..from + width].iter_mut().zip(sums) {
                    *value = sum as f32;
                }
            }
        }
    });
    Ok(())
}

/// The input with every pixel that a tap of a window reads, and its shape.
fn with_border<'a>(
    window: &Window,
    shape: Shape,
    input: &'a [f32],
    output_shape: Shape,
) -> Result<(Cow<'a, [f32]>, Shape)> {
    let Padding { top, left, .. } = window.padding;
    // The trailing border is what the last window reads: where the output size is rounded down it
    // may be less than the window's own, where it is rounded up it may be more.
    let height = (output_shape.height - 1) * window.stride[0] + window.extent(0);
    let width = (output_shape.width - 1) * window.stride[1] + window.extent(1);
    let padding = Padding {
        top,
        left,
        bottom: height.saturating_sub(shape.height + top),
        right: width.saturating_sub(shape.width + left),
    };
    if padding.is_zero() {
        return Ok((input.into(), shape));
    }
    let padded = Shape::new(
        shape.channels,
        shape.height + padding.top + padding.bottom,
        shape.width + padding.left + padding.right,
    );
    let images = input.len() / shape.elements();
    // What lies between windows is far more than what goes in or comes out where they are far apart.
    let extents = [images, padded.channels, padded.height, padded.width];
    let count = extents.into_iter().fold(1, usize::saturating_mul);
    check_size(count)?;
    let mut values = vec![0.0; count];
    pad(&Pad { padding }, shape, input, padded, &mut values);
    Ok((values.into(), padded))
}

/// Adds every tap's products to `sums`: the output's `rows`, of which `width` pixels count.
fn add_products(
    window: &Window,
    shape: Shape,
    input: &[f32],
    filter: &[f32],
    width: usize,
    rows: Range<usize>,
    sums: &mut [f64],
) {
    let [kernel_height, kernel_width] = window.kernel;
    let planes = input.chunks(shape.pixels());
    for (plane, taps) in planes.zip(filter.chunks(kernel_height * kernel_width)) {
        for (tap, &weight) in taps.iter().enumerate() {
            let weight = f64::from(weight);
            let (y, x) = (tap / kernel_width, tap % kernel_width);
            let first = y * window.dilation[0] * shape.width + x * window.dilation[1];
            if window.stride == [1, 1] {
                let source = &plane[rows.start * shape.width + first..];
                let run = (rows.len() - 1) * shape.width + width;
                for (sum, &value) in sums[..run].iter_mut().zip(&source[..run]) {
                    *sum += weight * f64::from(value);
                }
                continue;
            }
            for (row, sums) in rows.clone().zip(sums.chunks_mut(width)) {
                let source = &plane[row * window.stride[0] * shape.width + first..];
                for (sum, &value) in sums.iter_mut().zip(source.iter().step_by(window.stride[1])) {
                    *sum += weight * f64::from(value);
                }
            }
        }
    }
}
