use std::ops::Range;

use super::planes;
use crate::graph::{AdaptiveAveragePool, AveragePool, MaxPool, Window};
use crate::tensor::Shape;

/// Writes the maximum of each window. NaN counts as the largest value, as in PyTorch. A window with no tap inside
/// the image gives minus infinity.
pub(super) fn max_pool(
    op: &MaxPool,
    shape: Shape,
    input: &[f32],
    output_shape: Shape,
    output: &mut [f32],
) {
    for_each_window(shape, input, output_shape, output, |plane, row, column| {
        let mut largest = f32::NEG_INFINITY;
        for y in taps(&op.window, 0, row, shape.height) {
            for x in taps(&op.window, 1, column, shape.width) {
                let value = plane[y * shape.width + x];
                if value > largest || value.is_nan() {
                    largest = value;
                }
            }
        }
        largest
    });
}

/// Writes the mean of each window. The divisor is that of PyTorch (`AvgPoolKernel.cpp` of ATen): the number of taps
/// inside the image, or with `count_padding` inside the image and its padding. A window with no tap inside the
/// image gives zero.
pub(super) fn average_pool(
    op: &AveragePool,
    shape: Shape,
    input: &[f32],
    output_shape: Shape,
    output: &mut [f32],
) {
    let window = &op.window;
    for_each_window(shape, input, output_shape, output, |plane, row, column| {
        let mut sum = 0.0;
        let mut inside = 0;
        for y in taps(window, 0, row, shape.height) {
            for x in taps(window, 1, column, shape.width) {
                sum += f64::from(plane[y * shape.width + x]);
                inside += 1;
            }
        }
        let divisor = if op.count_padding {
            let rows = taps_before(window, 0, row, shape.height + window.padding.bottom);
            let columns = taps_before(window, 1, column, shape.width + window.padding.right);
            rows * columns
        } else {
            inside
        };
        if inside == 0 {
            return 0.0;
        }
        (sum / divisor as f64) as f32
    });
}

/// Writes the mean of each cell.
pub(super) fn adaptive_average_pool(
    shape: Shape,
    input: &[f32],
    output_shape: Shape,
    output: &mut [f32],
) {
    for_each_window(shape, input, output_shape, output, |plane, row, column| {
        let rows = AdaptiveAveragePool::cell(row, output_shape.height, shape.height);
        let columns = AdaptiveAveragePool::cell(column, output_shape.width, shape.width);
        let mut sum = 0.0;
        for y in rows.clone() {
            for x in columns.clone() {
                sum += f64::from(plane[y * shape.width + x]);
            }
        }
        (sum / (rows.len() * columns.len()) as f64) as f32
    });
}

/// Writes the mean of each plane.
pub(super) fn global_average_pool(shape: Shape, input: &[f32], output: &mut [f32]) {
    for (plane, value) in input.chunks(shape.pixels().max(1)).zip(output) {
        let sum: f64 = plane.iter().copied().map(f64::from).sum();
        *value = (sum / shape.pixels() as f64) as f32;
    }
}

/// Writes `result(plane, row, column)` for each window of each plane.
fn for_each_window(
    shape: Shape,
    input: &[f32],
    output_shape: Shape,
    output: &mut [f32],
    result: impl Fn(&[f32], usize, usize) -> f32 + Sync,
) {
    planes::for_each(output, output_shape.pixels(), |index, values| {
        let plane = &input[index * shape.pixels()..][..shape.pixels()];
        for (position, value) in values.iter_mut().enumerate() {
            let (row, column) = (position / output_shape.width, position % output_shape.width);
            *value = result(plane, row, column);
        }
    });
}

/// Returns the positions inside an image of `size` that the window at `step` reads along `axis`.
fn taps(window: &Window, axis: usize, step: usize, size: usize) -> impl Iterator<Item = usize> {
    positions(window, axis, step).filter_map(move |position| {
        let position = usize::try_from(position).ok()?;
        (position < size).then_some(position)
    })
}

/// Returns the number of taps before `end`, including taps in the leading padding.
fn taps_before(window: &Window, axis: usize, step: usize, end: usize) -> usize {
    positions(window, axis, step)
        .filter(|&position| position < end as isize)
        .count()
}

/// Returns the positions of all taps. Position 0 is the image's first pixel.
fn positions(window: &Window, axis: usize, step: usize) -> impl Iterator<Item = isize> {
    let border = [window.padding.top, window.padding.left][axis];
    let begin = (step * window.stride[axis]) as isize - border as isize;
    let dilation = window.dilation[axis];
    let kernel: Range<usize> = 0..window.kernel[axis];
    kernel.map(move |tap| begin + (tap * dilation) as isize)
}
