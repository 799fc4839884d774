use std::ops::Range;

use super::planes;
use crate::graph::{Conv2d, Shape};

/// Sums of this many pixels stay in the fastest cache: 16 KiB of f64.
const BAND: usize = 2048;

/// What a convolution reads, all batches in NCHW order.
pub(super) struct Operands<'a> {
    pub input: &'a [f32],
    pub weight: &'a [f32],
    pub bias: Option<&'a [f32]>,
    pub residual: Option<&'a [f32]>,
}

/// Writes `activation(conv(x) + bias + residual)`, summed in f64 and rounded once before the
/// activation. Sums grow tap by tap over whole rows of pixels, not pixel by pixel, because
/// neighbouring pixels are what a compiler can put into vectors.
pub(super) fn conv(
    op: &Conv2d,
    shape: Shape,
    operands: &Operands<'_>,
    output_shape: Shape,
    output: &mut [f32],
) {
    let in_per_group = op.in_channels / op.groups;
    let out_per_group = op.out_channels / op.groups;
    let taps = op.window.kernel[0] * op.window.kernel[1];
    let band = (BAND / output_shape.width.max(1)).max(1);
    let pixels = output_shape.pixels();
    planes::for_each(output, pixels, |index, plane| {
        let (image, channel) = (index / op.out_channels, index % op.out_channels);
        let group = channel / out_per_group;
        let first = image * op.in_channels + group * in_per_group;
        let input = &operands.input[first * shape.pixels()..][..in_per_group * shape.pixels()];
        let filter = &operands.weight[channel * in_per_group * taps..][..in_per_group * taps];
        let bias = operands.bias.map_or(0.0, |bias| f64::from(bias[channel]));
        let mut sums = vec![0.0; band.min(output_shape.height) * output_shape.width];
        for begin in (0..output_shape.height).step_by(band) {
            let rows = begin..(begin + band).min(output_shape.height);
            let values = rows.start * output_shape.width..rows.end * output_shape.width;
            let sums = &mut sums[..values.len()];
            sums.fill(bias);
            add_products(op, shape, input, filter, output_shape.width, rows, sums);
            if let Some(residual) = operands.residual {
                let residual = &residual[index * pixels..][values.clone()];
                for (sum, &value) in sums.iter_mut().zip(residual) {
                    *sum += f64::from(value);
                }
            }
            for (value, &sum) in plane[values].iter_mut().zip(&*sums) {
                *value = op.activation.apply(sum as f32);
            }
        }
    });
}

/// Adds every tap's products to `sums`, the output's `rows` of `width` pixels.
fn add_products(
    op: &Conv2d,
    shape: Shape,
    input: &[f32],
    filter: &[f32],
    width: usize,
    rows: Range<usize>,
    sums: &mut [f64],
) {
    let window = &op.window;
    let [kernel_height, kernel_width] = window.kernel;
    let pixels = shape.pixels();
    for (plane, taps) in input
        .chunks(pixels)
        .zip(filter.chunks(kernel_height * kernel_width))
    {
        for (tap, &weight) in taps.iter().enumerate() {
            let (y, x) = (tap / kernel_width, tap % kernel_width);
            let below = Steps::new(op, 0, y, shape.height);
            let beside = Steps::new(op, 1, x, shape.width);
            let rows_inside = below.inside(rows.clone());
            let columns = beside.inside(0..width);
            if rows_inside.is_empty() || columns.is_empty() {
                continue;
            }
            let weight = f64::from(weight);
            // Where the window visits every pixel of every row, the rows are one long run.
            if window.stride == [1, 1] && columns == (0..width) && width == shape.width {
                let begin = below.position(rows_inside.start) * width;
                let source = &plane[begin..][..rows_inside.len() * width];
                let from = (rows_inside.start - rows.start) * width;
                add_scaled(&mut sums[from..][..source.len()], source, weight);
                continue;
            }
            let left = beside.position(columns.start);
            for row in rows_inside {
                let source = &plane[below.position(row) * shape.width + left..];
                let from = (row - rows.start) * width;
                let sums = &mut sums[from + columns.start..from + columns.end];
                if window.stride[1] == 1 {
                    add_scaled(sums, &source[..columns.len()], weight);
                } else {
                    for (sum, &value) in
                        sums.iter_mut().zip(source.iter().step_by(window.stride[1]))
                    {
                        *sum += weight * f64::from(value);
                    }
                }
            }
        }
    }
}

fn add_scaled(sums: &mut [f64], values: &[f32], weight: f64) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum += weight * f64::from(value);
    }
}

/// Where one tap goes along one axis as its window moves: `step * stride + offset - border`.
struct Steps {
    stride: usize,
    offset: usize,
    border: usize,
    size: usize,
}

impl Steps {
    fn new(op: &Conv2d, axis: usize, tap: usize, size: usize) -> Self {
        Self {
            stride: op.window.stride[axis],
            offset: tap * op.window.dilation[axis],
            border: [op.window.padding.top, op.window.padding.left][axis],
            size,
        }
    }

    /// The steps of `range` at which the tap lies inside the image.
    fn inside(&self, range: Range<usize>) -> Range<usize> {
        let first = self
            .border
            .saturating_sub(self.offset)
            .div_ceil(self.stride);
        let end = (self.size + self.border)
            .saturating_sub(self.offset)
            .div_ceil(self.stride);
        let first = first.max(range.start);
        first..end.min(range.end).max(first)
    }

    /// The tap's position in the image; `step` must be one of [`Steps::inside`].
    fn position(&self, step: usize) -> usize {
        step * self.stride + self.offset - self.border
    }
}
