use super::Operand;
use super::planes;
use crate::graph::Pointwise;
use crate::tensor::{Broadcast, Dims};

/// The most values of one block.
const BLOCK: usize = 1 << 13;

/// Writes `expression` of `operands` to `output`. `dims` are the extents of the result for one image. Computes in
/// f64 and rounds once.
pub(super) fn pointwise(
    expression: &Pointwise,
    operands: &[&Operand<'_>],
    dims: &Dims,
    output: &mut [f32],
) {
    let extents: Vec<&Dims> = operands.iter().map(|operand| operand.ty().dims()).collect();
    write(
        expression,
        operands.len(),
        &extents,
        dims,
        output,
        |index, image, place| {
            let operand = operands[index];
            let first = match operand.ty().is_per_image() {
                true => image * operand.ty().count(),
                false => 0,
            };
            f64::from(operand.data()[first + place])
        },
    );
}

/// Replaces each value `x` of `output` by `expression` of `x` and `operands`.
pub(super) fn apply_in_place(
    expression: &Pointwise,
    operands: &[&Operand<'_>],
    dims: &Dims,
    output: &mut [f32],
) {
    let before = output.to_vec();
    let count = dims.count();
    let mut extents = vec![dims];
    extents.extend(operands.iter().map(|operand| operand.ty().dims()));
    write(
        expression,
        extents.len(),
        &extents,
        dims,
        output,
        |index, image, place| {
            let Some(operand) = index.checked_sub(1).map(|index| operands[index]) else {
                return f64::from(before[image * count + place]);
            };
            let first = match operand.ty().is_per_image() {
                true => image * operand.ty().count(),
                false => 0,
            };
            f64::from(operand.data()[first + place])
        },
    );
}

/// Writes `expression`. `value` returns the value of an operand of an image at an index.
fn write(
    expression: &Pointwise,
    operands: usize,
    extents: &[&Dims],
    dims: &Dims,
    output: &mut [f32],
    value: impl Fn(usize, usize, usize) -> f64 + Sync,
) {
    let broadcast = Broadcast::new(dims, extents);
    let count = dims.count();
    let blocks = count.div_ceil(BLOCK);
    // Threads take one block at a time. The last block of an image may be shorter.
    let length = count.div_ceil(blocks);
    let mut images: Vec<&mut [f32]> = output.chunks_mut(count).collect();
    for (image, values) in images.iter_mut().enumerate() {
        planes::for_each(values, length, |block, values| {
            let begin = block * length;
            let mut evaluation = expression.evaluation();
            for run in broadcast.runs(begin..begin + values.len()) {
                let read: Vec<Vec<f64>> = (0..operands)
                    .map(|index| {
                        let places = broadcast.of(index, &run);
                        places.map(|place| value(index, image, place)).collect()
                    })
                    .collect();
                let mut exact = vec![0.0; run.places.len()];
                evaluation.write(|index| &read[index], &mut exact);
                let target = &mut values[run.places.start - begin..run.places.end - begin];
                for (value, exact) in target.iter_mut().zip(exact) {
                    *value = exact as f32;
                }
            }
        });
    }
}
