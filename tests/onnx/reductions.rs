//! Reductions of many values.

use menagerie::network::Device;
use menagerie::onnx::{Model, Options};
use menagerie::tensor::Shape;
use menagerie::weights::synthetic_input;
use menagerie::{Network, Tensor};

use super::common::device;
use super::writer::{graph_of, model, node, port};

/// One loop over all values would be too long for llvmpipe, which leaves a loop after 2^16 rounds.
#[test]
fn extremes_of_very_many_values_are_found() {
    let shape = Shape::new(3, 300, 200);
    let dims = [1, 3, 300, 200];
    let nodes = [
        node("ReduceMax", &["x"], &["most"]),
        node("ReduceMin", &["x"], &["least"]),
    ];
    let graph = graph_of(&[port("x", &dims)], &["most", "least"], &nodes, &[]);
    let imported = Model::from_bytes("net", model(17, graph).0).unwrap();
    let graph = imported.graph(&Options::default()).unwrap();
    let weights = imported.weights(&graph).unwrap();
    let mut values = synthetic_input(1, 1, shape).into_data();
    let place = values.len() - 7;
    (values[place], values[place + 3]) = (9.0, -8.0);
    let input = Tensor::new(1, shape, values).unwrap();
    for device in [Device::Reference, Device::Gpu(Box::new(device::open()))] {
        let network = Network::of_graph(graph.clone(), weights.clone()).device(device);
        let outputs = network.load().unwrap().run_named(&[("x", &input)]).unwrap();
        assert_eq!(outputs.get("most").unwrap().data(), [9.0]);
        assert_eq!(outputs.get("least").unwrap().data(), [-8.0]);
    }
}
