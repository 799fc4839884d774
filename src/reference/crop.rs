use super::planes;
use crate::graph::Crop;
use crate::tensor::Shape;

/// Writes the image without its border.
pub(super) fn crop(
    op: &Crop,
    shape: Shape,
    input: &[f32],
    output_shape: Shape,
    output: &mut [f32],
) {
    planes::for_each(output, output_shape.pixels(), |plane, values| {
        let source = &input[plane * shape.pixels()..];
        for (row, values) in values.chunks_mut(output_shape.width).enumerate() {
            let begin = (row + op.border.top) * shape.width + op.border.left;
            values.copy_from_slice(&source[begin..][..values.len()]);
        }
    });
}
