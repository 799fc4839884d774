//! Reductions of many values.

use menagerie::network::Device;
use menagerie::onnx::{Model, Options};
use menagerie::tensor::Shape;
use menagerie::weights::synthetic_input;
use menagerie::{Network, Tensor};

use super::common::device;
use super::writer::{Message, graph_of, model, node, port, values};

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

/// Nothing is summed, and what is done to each value remains.
#[test]
fn a_reduction_over_no_axes_does_the_rest() {
    let cases: [(&str, [f32; 3]); 5] = [
        ("ReduceL1", [1.5, 2.0, 0.5]),
        ("ReduceL2", [1.5, 2.0, 0.5]),
        ("ReduceSumSquare", [2.25, 4.0, 0.25]),
        ("ReduceSum", [-1.5, 2.0, -0.5]),
        ("ReduceMean", [-1.5, 2.0, -0.5]),
    ];
    let numbers = [-1.5, 2.0, -0.5];
    let input = Tensor::new(1, Shape::vector(3), numbers.to_vec()).unwrap();
    for (name, expected) in cases {
        let over_none = |from: &str, to: &str| {
            let attribute = Message::default()
                .bytes(1, "noop_with_empty_axes")
                .int(3, 1);
            node(name, &[from], &[to]).message(5, attribute)
        };
        let nodes = [
            over_none("x", "of_input"),
            over_none("constant", "of_constant"),
            node("Sub", &["of_input", "of_constant"], &["difference"]),
        ];
        let outputs = ["of_input", "difference"];
        let constant = values("constant", &[1, 3], &numbers);
        let graph = graph_of(&[port("x", &[1, 3])], &outputs, &nodes, &[constant]);
        let imported = Model::from_bytes("net", model(18, graph).0).unwrap();
        let graph = imported.graph(&Options::default()).unwrap();
        let weights = imported.weights(&graph).unwrap();
        let network = Network::of_graph(graph, weights).device(Device::Reference);
        let found = network.load().unwrap().run_named(&[("x", &input)]).unwrap();
        assert_eq!(found.get("of_input").unwrap().data(), expected, "{name}");
        assert_eq!(found.get("difference").unwrap().data(), [0.0; 3], "{name}");
    }
}
