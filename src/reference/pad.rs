use super::planes;
use crate::graph::Pad;
use crate::tensor::Shape;

/// Writes the image surrounded by the value.
pub(super) fn pad(op: &Pad, shape: Shape, input: &[f32], output_shape: Shape, output: &mut [f32]) {
    planes::for_each(output, output_shape.pixels(), |plane, values| {
        values.fill(op.value.0 as f32);
        let source = &input[plane * shape.pixels()..];
        for row in 0..shape.height {
            let begin = (row + op.padding.top) * output_shape.width + op.padding.left;
            values[begin..begin + shape.width]
                .copy_from_slice(&source[row * shape.width..][..shape.width]);
        }
    });
}
