use super::planes;
use crate::graph::Winograd;
use crate::graph::winograd::{FROM_INPUT, INPUT_TILE, PRODUCTS, TILE, TO_RESULT, weights_of};
use crate::tensor::Shape;

/// Computes a step of a convolution by Winograd's algorithm.
pub(super) fn winograd(
    op: &Winograd,
    shape: Shape,
    input: &[f32],
    output_shape: Shape,
    output: &mut [f32],
) {
    match *op {
        Winograd::Input { padding } => {
            planes::for_each(output, output_shape.pixels(), |plane, values| {
                let (image, plane) = (plane / output_shape.channels, plane % output_shape.channels);
                let (product, channel) = (plane / shape.channels, plane % shape.channels);
                let source = &input[(image * shape.channels + channel) * shape.pixels()..];
                for (tile, value) in values.iter_mut().enumerate() {
                    let top = TILE * (tile / output_shape.width);
                    let left = TILE * (tile % output_shape.width);
                    let factors = [product / INPUT_TILE, product % INPUT_TILE];
                    *value = transformed(factors.map(|index| &FROM_INPUT[index]), |y, x| {
                        let y = (top + y).checked_sub(padding.top);
                        let x = (left + x).checked_sub(padding.left);
                        let y = y.filter(|&y| y < shape.height);
                        let x = x.filter(|&x| x < shape.width);
                        y.zip(x).map_or(0.0, |(y, x)| source[y * shape.width + x])
                    });
                }
            });
        }
        Winograd::Weight => {
            let weights = output.len() / PRODUCTS;
            for (index, value) in output.iter_mut().enumerate() {
                let (product, index) = (index / weights, index % weights);
                let (windows, _) = input.as_chunks::<9>();
                let window = windows[index].map(|value| [f64::from(value)]);
                let [weight] = weights_of(&window)[product / INPUT_TILE][product % INPUT_TILE];
                *value = weight as f32;
            }
        }
        Winograd::Result { width, .. } => {
            let channels = output_shape.channels;
            planes::for_each(output, output_shape.pixels(), |plane, values| {
                let (image, channel) = (plane / channels, plane % channels);
                for (pixel, value) in values.iter_mut().enumerate() {
                    let (y, x) = (pixel / width, pixel % width);
                    let tile = y / TILE * shape.width + x / TILE;
                    let factors = [&TO_RESULT[y % TILE], &TO_RESULT[x % TILE]];
                    *value = transformed(factors, |row, column| {
                        let product = INPUT_TILE * row + column;
                        let plane = image * shape.channels + product * channels + channel;
                        input[plane * shape.pixels() + tile]
                    });
                }
            });
        }
    }
}

/// Returns the sum of the values of a tile, each times the factors of its row and its column.
fn transformed(
    [of_rows, of_columns]: [&[f64; INPUT_TILE]; 2],
    value: impl Fn(usize, usize) -> f32,
) -> f32 {
    let rows = of_rows.iter().enumerate().map(|(row, factor)| {
        let columns = of_columns.iter().enumerate();
        let values = columns.map(|(column, factor)| factor * f64::from(value(row, column)));
        factor * values.sum::<f64>()
    });
    rows.sum::<f64>() as f32
}
