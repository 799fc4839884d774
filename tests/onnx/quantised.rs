//! Networks of int8 in every format of ONNX Runtime's quantisation, and what its optimiser makes of them, from the file of
//! `tools/onnx_quantised.py`.

use menagerie::network::Device;
use menagerie::onnx::{Model, Options};
use menagerie::tensor::Shape;
use menagerie::{Network, Tensor};

use super::common::device;
use super::node_cases::{Case, of_file};

const FILE: &[u8] = include_bytes!("../golden/onnx/quantised.safetensors");

/// The classes of the network.
const CLASSES: usize = 10;

/// The difference that counts as one step of the answer's integers, relative to the largest value: there are at least 127
/// of them up to the largest value.
const STEP: f32 = 1.0 / 64.0;

fn answer(name: &str, case: &Case, device: Device) -> Vec<f32> {
    let model = Model::from_bytes(name, case.model.clone()).unwrap();
    let graph = model.graph(&Options::default()).unwrap();
    let weights = model.weights(&graph).unwrap();
    let network = Network::of_graph(graph, weights).device(device).batch(2);
    let input = Tensor::new(2, Shape::new(3, 16, 16), case.input.clone()).unwrap();
    network.load().unwrap().run(&input).unwrap().into_data()
}

fn best(scores: &[f32]) -> usize {
    (0..scores.len())
        .max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
        .unwrap()
}

#[test]
fn integers_have_the_answers_of_onnx_runtime() {
    let cases = of_file(FILE);
    assert_eq!(cases.len(), 16);
    let gpu = device::open();
    for (name, case) in &cases {
        let (_, expected) = &case.outputs["y"];
        for device in [Device::Reference, Device::Gpu(Box::new(gpu.clone()))] {
            let found = answer(name, case, device);
            assert_eq!(found.len(), expected.len());
            let images = found.chunks(CLASSES).zip(expected.chunks(CLASSES));
            for (found, expected) in images {
                let most = expected.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
                for (found, expected) in found.iter().zip(expected) {
                    let difference = (found - expected).abs();
                    assert!(difference <= STEP * most, "{name}: {found}, {expected}");
                }
                assert_eq!(best(found), best(expected), "{name}");
            }
        }
    }
}
