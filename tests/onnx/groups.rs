//! Normalisations of groups with more values than one invocation of a shader can visit.

use menagerie::network::Device;
use menagerie::onnx::{Model, Options};
use menagerie::tensor::Shape;
use menagerie::weights::synthetic_input;
use menagerie::{Network, Tensor};

use super::common::{compare, device};
use super::writer::{Message, integers, model, node, port, values};

const TOLERANCE: f64 = 5e-6;
const EPSILON: f64 = 1e-5;

/// The groups of 4 channels of `side` by `side` pixels.
struct Case {
    groups: usize,
    side: usize,
}

const CASES: [Case; 3] = [
    Case {
        groups: 1,
        side: 150,
    },
    Case {
        groups: 2,
        side: 100,
    },
    Case {
        groups: 4,
        side: 150,
    },
];

impl Case {
    /// An instance normalisation of joined axes, as exporters write a group normalisation.
    fn file(&self) -> Vec<u8> {
        let (groups, side) = (self.groups as i64, self.side as i64);
        let ones = values("ones", &[groups], &vec![1.0; self.groups]);
        let zeros = values("zeros", &[groups], &vec![0.0; self.groups]);
        let graph = Message::default()
            .bytes(2, "graph")
            .message(1, node("Reshape", &["x", "joined"], &["r"]))
            .message(
                1,
                node("InstanceNormalization", &["r", "ones", "zeros"], &["n"]),
            )
            .message(1, node("Reshape", &["n", "image"], &["y"]))
            .message(5, integers("joined", &[0, groups, -1]))
            .message(5, integers("image", &[1, 4, side, side]))
            .message(5, ones)
            .message(5, zeros)
            .message(11, port("x", &[1, 4, side, side]))
            .message(12, port("y", &[]));
        model(17, graph).0
    }

    fn expected(&self, input: &Tensor) -> Vec<f64> {
        let length = 4 * self.side * self.side / self.groups;
        let groups = input.data().chunks(length);
        groups.flat_map(normalised).collect()
    }

    fn check(&self, device: Device) {
        let model = Model::from_bytes("groups", self.file()).unwrap();
        let graph = model.graph(&Options::default()).unwrap();
        let weights = model.weights(&graph).unwrap();
        let mut network = Network::of_graph(graph, weights)
            .device(device)
            .load()
            .unwrap();
        let input = synthetic_input(0, 1, Shape::new(4, self.side, self.side));
        let answer = network.run(&input).unwrap();
        let (difference, place) =
            compare::largest_difference(answer.data(), &self.expected(&input));
        assert!(
            difference <= TOLERANCE,
            "{} groups: {difference} at {place}",
            self.groups
        );
    }
}

fn normalised(group: &[f32]) -> Vec<f64> {
    let values = || group.iter().map(|&value| f64::from(value));
    let count = group.len() as f64;
    let mean = values().sum::<f64>() / count;
    let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    let deviation = (variance + EPSILON).sqrt();
    values().map(|value| (value - mean) / deviation).collect()
}

#[test]
fn large_groups_are_normalised_on_the_reference_executor() {
    for case in CASES {
        case.check(Device::Reference);
    }
}

#[test]
fn large_groups_are_normalised_on_a_device() {
    let gpu = device::open();
    for case in CASES {
        case.check(Device::Gpu(Box::new(gpu.clone())));
    }
}
