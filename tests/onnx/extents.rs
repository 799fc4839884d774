//! The extents of outputs as arrays: those in the file, with the number of images first.

use menagerie::network::Device;
use menagerie::onnx::{Model, Options};
use menagerie::weights::synthetic_input;
use menagerie::{Network, Tensor};

use super::common::device;
use super::writer::{Message, graph_of, integers, model, node, port, values};

/// A node that reduces `x` along its last axis.
fn most(output: &str, keeps: i64) -> Message {
    let attribute = |name: &str| Message::default().bytes(1, name);
    node("ReduceMax", &["x"], &[output])
        .message(5, attribute("axes").int(8, 1))
        .message(5, attribute("keepdims").int(3, keeps))
}

#[test]
fn outputs_have_the_extents_of_the_file() {
    let nodes = [
        most("kept", 1),
        most("dropped", 0),
        node("Add", &["dropped", "one"], &["more"]),
        node("Unsqueeze", &["dropped", "first"], &["apart"]),
        node("Squeeze", &["x", "images"], &["vector"]),
        node("Add", &["scale", "one"], &["scaled"]),
        node("Neg", &["x"], &["negative"]),
    ];
    // For each image.
    let expected: [(&str, &[usize]); 7] = [
        ("kept", &[1]),
        ("dropped", &[]),
        ("more", &[]),
        ("apart", &[1]),
        ("vector", &[4]),
        ("scaled", &[]),
        ("negative", &[4]),
    ];
    let outputs = expected.map(|(name, _)| name);
    let inputs = [port("x", &[1, 4]), port("scale", &[1])];
    let constants = [
        values("one", &[1], &[1.0]),
        integers("first", &[1]),
        integers("images", &[0]),
    ];
    let graph = graph_of(&inputs, &outputs, &nodes, &constants);
    let imported = Model::from_bytes("net", model(17, graph).0).unwrap();
    let graph = imported.graph(&Options::default()).unwrap();
    let weights = imported.weights(&graph).unwrap();
    let signature = graph.signature();
    for device in [Device::Reference, Device::Gpu(Box::new(device::open()))] {
        let network = Network::of_graph(graph.clone(), weights.clone()).device(device);
        let mut network = network.load().unwrap();
        for images in [1, 3] {
            let x = synthetic_input(1, images, signature.inputs[0].shape().unwrap());
            let scale = synthetic_input(2, images, signature.inputs[1].shape().unwrap());
            let found = network.run_named(&[("x", &x), ("scale", &scale)]).unwrap();
            for (name, extents) in expected {
                let ty = signature.output(name).unwrap();
                let array = ty.array(found.get(name).unwrap()).unwrap();
                let whole = [&[images], extents].concat();
                assert_eq!(&array.dims()[..], whole, "{name} of {images}");
            }
            let data = |name| found.get(name).unwrap().data();
            let most: Vec<f32> = (0..images).map(|image| greatest(&x, image)).collect();
            let more: Vec<f32> = most.iter().map(|most| most + 1.0).collect();
            assert_eq!(data("dropped"), most);
            assert_eq!(data("more"), more);
            assert_eq!(data("vector"), x.data());
        }
    }
}

fn greatest(x: &Tensor, image: usize) -> f32 {
    x.image(image).iter().copied().fold(f32::MIN, f32::max)
}
