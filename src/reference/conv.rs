use std::borrow::Cow;
use std::ops::Range;

use super::pad::pad;
use super::{check_size, planes};
use crate::error::Result;
use crate::graph::{Conv2d, Pad, Padding, Window};
use crate::tensor::Shape;

/// Number of sums that fit into the L1 cache: 16 KiB of f64.
const BAND: usize = 2048;

/// The inputs of a convolution, all batches in NCHW order.
pub(super) struct Operands<'a> {
    pub input: &'a [f32],
    pub weight: &'a [f32],
    pub bias: Option<&'a [f32]>,
}

/// Writes `conv(x) + bias`, summed in f64 and rounded once. Adds one tap at a time to whole rows of sums, because a
/// compiler can vectorise over neighbouring pixels.
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
    // With stride 1, sums have the row pitch of the input. One tap of all rows is then one contiguous run of
    // pixels; the few sums between the rows are not used.
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

/// Returns the input padded with every pixel that a tap reads, and its shape.
fn with_border<'a>(
    window: &Window,
    shape: Shape,
    input: &'a [f32],
    output_shape: Shape,
) -> Result<(Cow<'a, [f32]>, Shape)> {
    let Padding { top, left, .. } = window.padding;
    // The trailing padding ends where the last window ends. If the output size is rounded down, it may be smaller
    // than the window's padding, and if it is rounded up, larger.
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
    // With a large stride, this can be far more than the input and the output.
    let extents = [images, padded.channels, padded.height, padded.width];
    let count = extents.into_iter().fold(1, usize::saturating_mul);
    check_size(count)?;
    let mut values = vec![0.0; count];
    pad(&Pad::zeros(padding), shape, input, padded, &mut values);
    Ok((values.into(), padded))
}

/// Adds the products of each tap to `sums`, for the output's `rows`. The first `width` sums of a row are used.
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
