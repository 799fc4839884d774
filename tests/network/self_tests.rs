//! The self-test, which compares a device with the reference executor.

use menagerie::graph::{Conv, network};
use menagerie::program::Precision;
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::{ErrorKind, Network};
use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::{devices, gpu};

#[test]
fn a_device_agrees_with_the_reference_executor() {
    for device in devices() {
        let network = Network::builder("mobilenet_v2").size(64, 64);
        let found = network.device(device).load().unwrap().self_test().unwrap();
        assert!(found.error <= 1e-5, "{found:?}");
        assert_eq!(found.output, "output");
    }
    let halved = Network::builder("mobilenet_v2")
        .size(64, 64)
        .precision(Precision::F16Storage);
    let found = halved.device(gpu()).load().unwrap().self_test().unwrap();
    assert!(found.error > 1e-5 && found.error <= 2e-2, "{found:?}");
}

/// The second output is a convolution minus its two halves, so there is nothing but rounding in it. The reference executor
/// rounds each sum once.
#[test]
fn another_answer_than_that_of_the_reference_executor_is_an_error() {
    let shape = Shape::new(4, 8, 8);
    let graph = network("rounding", |net| {
        let (left, right) = (net.image("left", shape)?, net.image("right", shape)?);
        let both = net.concat("both", &[left, right])?;
        let whole = net.conv("whole", both, Conv::new(4, 1))?;
        net.output("whole", whole)?;
        let left = net.conv("minus_left", left, Conv::new(4, 1))?;
        let right = net.conv("minus_right", right, Conv::new(4, 1))?;
        let rest = net.add("rest", whole, left)?;
        let rest = net.add("rounding", rest, right)?;
        net.output("rounding", rest)
    })
    .unwrap();
    let weight = |row: usize, column: usize| ((7 * row + 3 * column) as f32).sin();
    let bytes = |columns: std::ops::Range<usize>, sign: f32| {
        let values = (0..4).flat_map(|row| columns.clone().map(move |column| (row, column)));
        let values = values.flat_map(|(row, column)| (sign * weight(row, column)).to_le_bytes());
        values.collect::<Vec<u8>>()
    };
    let parts = [bytes(0..8, 1.0), bytes(0..4, -1.0), bytes(4..8, -1.0)];
    let names = ["whole.weight", "minus_left.weight", "minus_right.weight"];
    let tensors = names.iter().zip(&parts).map(|(name, bytes)| {
        let shape = vec![4, bytes.len() / 16, 1, 1];
        (*name, TensorView::new(Dtype::F32, shape, bytes).unwrap())
    });
    let file = serialize(tensors, None).unwrap();
    let weights = Weights::from_bytes("rounding", file).unwrap();
    let mut network = Network::of_graph(graph, weights)
        .device(gpu())
        .load()
        .unwrap();
    let error = network.self_test().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SelfTest);
    let message = error.to_string();
    assert!(message.starts_with("rounding on "), "{message}");
    assert!(
        message.contains(": rounding: expected the answer"),
        "{message}"
    );
}
