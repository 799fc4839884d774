use super::planes;
use crate::graph::ConvTranspose2d;
use crate::tensor::Shape;

/// The inputs of a transposed convolution, all batches in NCHW order.
pub(super) struct Operands<'a> {
    pub input: &'a [f32],
    pub weight: &'a [f32],
    pub bias: Option<&'a [f32]>,
}

/// Writes `conv_transpose(x) + bias`, summed in f64 and rounded once.
pub(super) fn conv_transpose(
    op: &ConvTranspose2d,
    shape: Shape,
    operands: &Operands<'_>,
    output_shape: Shape,
    output: &mut [f32],
) {
    let (in_channels, out_channels) = (shape.channels, output_shape.channels);
    let in_per_group = in_channels / op.groups;
    let out_per_group = out_channels / op.groups;
    let [kernel_height, kernel_width] = op.window.kernel;
    let taps = kernel_height * kernel_width;
    planes::for_each(output, output_shape.pixels(), |index, plane| {
        let (image, channel) = (index / out_channels, index % out_channels);
        let first_in = channel / out_per_group * in_per_group;
        let bias = operands.bias.map_or(0.0, |bias| f64::from(bias[channel]));
        let mut sums = vec![bias; plane.len()];
        for in_channel in first_in..first_in + in_per_group {
            let source = image * in_channels + in_channel;
            let source = &operands.input[source * shape.pixels()..][..shape.pixels()];
            let filter = in_channel * out_per_group + channel % out_per_group;
            let filter = &operands.weight[filter * taps..][..taps];
            for (tap, &weight) in filter.iter().enumerate() {
                let tap = [tap / kernel_width, tap % kernel_width];
                add_tap(
                    op,
                    tap,
                    f64::from(weight),
                    shape,
                    source,
                    output_shape,
                    &mut sums,
                );
            }
        }
        for (value, sum) in plane.iter_mut().zip(sums) {
            *value = sum as f32;
        }
    });
}

/// Adds `weight` times each pixel of `source` to the output pixel at the position of the tap.
fn add_tap(
    op: &ConvTranspose2d,
    tap: [usize; 2],
    weight: f64,
    shape: Shape,
    source: &[f32],
    output_shape: Shape,
    sums: &mut [f64],
) {
    let window = &op.window;
    let borders = [window.padding.top, window.padding.left];
    let sizes = [output_shape.height, output_shape.width];
    // `None` if the position is outside of the output.
    let place = |axis: usize, index: usize| {
        let position = index * window.stride[axis] + tap[axis] * window.dilation[axis];
        let position = position.checked_sub(borders[axis])?;
        (position < sizes[axis]).then_some(position)
    };
    for (row, values) in source.chunks(shape.width).enumerate() {
        let Some(y) = place(0, row) else { continue };
        for (column, &value) in values.iter().enumerate() {
            if let Some(x) = place(1, column) {
                sums[y * output_shape.width + x] += weight * f64::from(value);
            }
        }
    }
}
