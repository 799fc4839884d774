//! Channels are axis 1, also of values whose first axis counts no images.

use std::collections::BTreeMap;

use super::node_cases::Case;
use super::nodes::{compare, outputs};
use super::writer::{Message, graph, model, node, values};

/// Rows, channels and columns that an image of 3x32x32 is taken for.
const DIMS: [usize; 3] = [4, 3, 256];

/// The parameters of each channel: scale, bias, mean and variance.
const PARAMETERS: [[f32; 4]; DIMS[1]] = [
    [1.0, 0.5, 0.25, 1.0],
    [-2.0, 0.0, 0.5, 4.0],
    [0.5, -1.0, -0.75, 0.25],
];

/// A one-dimensional tensor of int64.
fn shape(name: &str, numbers: &[usize]) -> Message {
    let bytes: Vec<u8> = numbers
        .iter()
        .flat_map(|&number| (number as i64).to_le_bytes())
        .collect();
    let tensor = Message::default().int(1, numbers.len() as i64).int(2, 7);
    tensor.bytes(8, name).bytes(9, bytes)
}

/// The value at an index of the result for these inputs.
type Expected = fn(&[f32], usize) -> f32;

fn channel(index: usize) -> usize {
    index / DIMS[2] % DIMS[1]
}

fn normalised(x: &[f32], index: usize) -> f32 {
    let [scale, bias, mean, variance] = PARAMETERS[channel(index)];
    (x[index] - mean) / (variance + 1e-5).sqrt() * scale + bias
}

/// With a size of 3, alpha 0.0001, beta 0.75 and bias 1.
fn respond(x: &[f32], index: usize) -> f32 {
    let near = channel(index).saturating_sub(1)..DIMS[1].min(channel(index) + 2);
    let first = index - channel(index) * DIMS[2];
    let squares: f32 = near.map(|near| x[first + near * DIMS[2]].powi(2)).sum();
    x[index] / (1.0 + 0.0001 / 3.0 * squares).powf(0.75)
}

#[test]
fn channels_are_the_second_axis() {
    let parameters = ["scale", "bias", "mean", "variance"];
    let batch_norm = node(
        "BatchNormalization",
        &[&["rows"][..], &parameters].concat(),
        &["z"],
    );
    let size = Message::default().bytes(1, "size").int(3, 3).int(20, 2);
    let response = node("LRN", &["rows"], &["z"]).message(5, size);
    let cases = [(batch_norm, normalised as Expected), (response, respond)];
    let image: Vec<f32> = (0..DIMS.iter().product())
        .map(|index: usize| ((index * 37 + 11) % 101) as f32 / 5.0 - 10.0)
        .collect();
    for (operation, expected) in cases {
        let mut initializers = vec![shape("split", &DIMS), shape("whole", &[1, 3, 32, 32])];
        for (place, name) in parameters.iter().enumerate() {
            let of_channels = PARAMETERS.map(|channel| channel[place]);
            initializers.push(values(name, &[DIMS[1] as i64], &of_channels));
        }
        let nodes = [
            node("Reshape", &["x", "split"], &["rows"]),
            operation,
            node("Reshape", &["z", "whole"], &["y"]),
        ];
        let case = Case {
            model: model(17, graph(&nodes, &initializers)).0,
            input: image.clone(),
            outputs: BTreeMap::new(),
        };
        let (_, found) = outputs("channels", &case).unwrap().remove(0);
        let expected = (0..image.len()).map(|index| expected(&image, index));
        compare(&(DIMS.to_vec(), expected.collect()), &found, 1e-5).unwrap();
    }
}
