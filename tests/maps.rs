//! Class activation maps: worked out by hand, held against PyTorch's, and against the answer that is their
//! mean.

mod common;

use std::path::Path;

use common::compare::largest_difference;
use common::device::devices;
use common::families::SMALLEST;
use common::golden::TOLERANCE;
use common::networks::published;
use common::safetensors_file::{Data, file};
use menagerie::graph::{Activation, Conv, Conv2d, Graph, Linear, Op, Window, image_network};
use menagerie::maps::{ClassMaps, with_features};
use menagerie::passes::{PassSet, optimize};
use menagerie::reference::Reference;
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{ErrorKind, Tensor, zoo};
use safetensors::SafeTensors;

/// The networks among [`SMALLEST`] that have no class maps, and what is said of each.
const WITHOUT: &[(&str, &str)] = &[
    (
        "alexnet",
        "classifier.6 (linear) reads classifier.5 (activation)",
    ),
    ("alexnet_lrn", "fc8 (linear) reads relu7 (activation)"),
    (
        "convnext_tiny",
        "classifier.2 (linear) reads classifier.0 (layer_norm)",
    ),
    ("lenet5", "fc3 (linear) reads relu4 (activation)"),
    (
        "mobilenet_v3_small",
        "classifier.3 (linear) reads classifier.1 (activation)",
    ),
    (
        "unet_bilinear",
        "outc.conv (conv2d) reads up4.conv.double_conv.5 (activation)",
    ),
    (
        "unet_small",
        "outc.conv (conv2d) reads up4.conv.double_conv.5 (activation)",
    ),
    (
        "vgg11_bn",
        "classifier.6 (linear) reads classifier.4 (activation)",
    ),
];

/// Two classes of two features of 2x2 pixels.
const WEIGHT: [f32; 4] = [1.0, 2.0, -1.0, 0.5];
const BIAS: [f32; 2] = [0.5, -1.0];
const FEATURES: [f32; 8] = [1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 0.0, -1.0];

/// The ends that a network with class maps can have.
#[derive(Clone, Copy, Debug)]
enum End {
    Linear,
    PointwiseBehindPooling,
    PointwiseBeforePooling(Activation),
}

fn network(end: End) -> (Graph, Weights) {
    let dimensions: &[usize] = match end {
        End::Linear => &[2, 2],
        _ => &[2, 2, 1, 1],
    };
    let graph = image_network("small", Shape::new(2, 2, 2), |net, x| {
        let weight = net.parameter("weight", dimensions)?;
        let bias = net.parameter("bias", &[2])?;
        let scored = |op, x| {
            let inputs = vec![Some(x), Some(weight), Some(bias)];
            net.add_op("scores", op, inputs).map(|results| results[0])
        };
        let conv = Op::Conv2d(Conv2d {
            window: Window::square(1, 1),
            groups: 1,
        });
        let pooled = |x| net.global_average_pool("pool", x);
        match end {
            End::Linear => scored(Op::Linear(Linear::default()), pooled(x)?),
            End::PointwiseBehindPooling => scored(conv, net.adaptive_average_pool("pool", x, 1)?),
            End::PointwiseBeforePooling(activation) => {
                let x = net.activation("activation", scored(conv, x)?, activation)?;
                pooled(x)
            }
        }
    });
    let bytes = file(&[
        ("weight", dimensions, Data::F32(&WEIGHT)),
        ("bias", &[2], Data::F32(&BIAS)),
    ]);
    (graph.unwrap(), Weights::from_bytes("small", bytes).unwrap())
}

#[test]
fn maps_worked_out_by_hand() {
    // Class 0: f0 + 2 f1 + 0.5, class 1: 0.5 f1 - f0 - 1.
    let linear = [[1.5, 4.5, 3.5, 2.5], [-2.0, -2.5, -4.0, -5.5]];
    let rectified = [[1.5, 4.5, 3.5, 2.5], [0.0; 4]];
    let cases = [
        (End::Linear, linear),
        (End::PointwiseBehindPooling, linear),
        (End::PointwiseBeforePooling(Activation::Identity), linear),
        (End::PointwiseBeforePooling(Activation::Relu), rectified),
    ];
    for (end, expected) in cases {
        let (graph, weights) = network(end);
        for passes in [PassSet::all(), PassSet::none()] {
            let graph = optimize(&with_features(&graph).unwrap(), &passes).unwrap();
            let maps = ClassMaps::new(&graph, &weights).unwrap();
            assert_eq!((maps.classes(), maps.shape()), (2, Shape::new(1, 2, 2)));
            let input = Tensor::new(1, Shape::new(2, 2, 2), FEATURES.to_vec()).unwrap();
            let outputs = Reference::new(graph, &weights)
                .unwrap()
                .run_outputs(&input)
                .unwrap();
            for (class, expected) in expected.iter().enumerate() {
                let map = maps.map(&outputs, class).unwrap();
                assert_eq!(map.data(), expected, "{end:?}, class {class}");
                let mean = expected.iter().sum::<f32>() / 4.0;
                assert_eq!(outputs[0].data()[class], mean, "{end:?}, class {class}");
            }
        }
    }
}

/// Smallest side that all of them take, and not a square.
fn graph_of(name: &str) -> Graph {
    let input = Shape::new(3, 97, 129);
    zoo::find(name).unwrap().graph_for(input).unwrap()
}

/// Whether the mean of each map is the answer for its class, to `tolerance` of the largest.
fn assert_means(case: &str, maps: &ClassMaps, outputs: &[Tensor]) {
    let answer = &outputs[0];
    let largest = answer
        .data()
        .iter()
        .fold(0.0_f32, |largest, value| largest.max(value.abs()));
    for class in [0, 1, maps.classes() / 2, maps.classes() - 1] {
        let map = maps.map(outputs, class).unwrap();
        assert_eq!((map.batch(), map.shape()), (answer.batch(), maps.shape()));
        for image in 0..answer.batch() {
            let scores = map.image(image);
            let sum: f64 = scores.iter().copied().map(f64::from).sum();
            let mean = (sum / scores.len() as f64) as f32;
            let logit = answer.image(image)[class];
            let near = (mean - logit).abs() <= 2e-5 * largest;
            assert!(
                near,
                "{case}: image {image}, class {class}: {mean}, not {logit}"
            );
        }
    }
}

#[test]
fn the_mean_of_a_map_is_the_answer() {
    let mut found = 0;
    for &name in SMALLEST {
        if WITHOUT.iter().any(|(without, _)| *without == name) {
            continue;
        }
        found += 1;
        let plain = graph_of(name);
        let graph = with_features(&plain).unwrap();
        let weights = Weights::synthetic(0);
        for passes in [PassSet::all(), PassSet::none()] {
            let case = format!("{name}, {} passes", passes.names().len());
            let graph = optimize(&graph, &passes).unwrap();
            let maps = ClassMaps::new(&graph, &weights).unwrap();
            let reference = Reference::new(graph.clone(), &weights).unwrap();
            let input = synthetic_input(0, 1, graph.input_shape().unwrap());
            assert_means(&case, &maps, &reference.run_outputs(&input).unwrap());

            // Passes come to the same end whether they run before or after.
            let late = with_features(&optimize(&plain, &passes).unwrap()).unwrap();
            assert_eq!(late.outputs(), graph.outputs(), "{case}");

            let batch = synthetic_input(0, 2, graph.input_shape().unwrap());
            // Unfused networks have kernels enough; each kind of device sees the fused ones.
            let kinds = if passes.names().is_empty() {
                1
            } else {
                devices().len()
            };
            let options = SessionOptions {
                batch: 2,
                ..SessionOptions::default()
            };
            let mut answers = Vec::new();
            for (device, gpu) in &devices()[..kinds] {
                let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
                let outputs = session.run_outputs(&batch).unwrap();
                assert_means(&format!("{case}, {device}"), &maps, &outputs);
                answers.push(outputs[0].clone());
            }
            // What is kept changes nothing of the answer.
            let (_, gpu) = &devices()[0];
            let alone = optimize(&plain, &passes).unwrap();
            let mut alone = Session::new(gpu, &alone, &weights, &options).unwrap();
            assert_eq!(answers[0], alone.run(&batch).unwrap(), "{case}");
        }
    }
    assert_eq!(found, SMALLEST.len() - WITHOUT.len());
}

#[test]
fn maps_are_those_of_pytorch() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/maps");
    for name in ["mobilenet_v2", "resnet18", "squeezenet1_1"] {
        let bytes = std::fs::read(folder.join(format!("{name}.safetensors"))).unwrap();
        let golden = SafeTensors::deserialize(&bytes)
            .unwrap()
            .tensor("maps")
            .unwrap();
        let values = golden.data().as_chunks().0.iter();
        let expected: Vec<f64> = values.map(|&bytes| f64::from_le_bytes(bytes)).collect();
        let graph = with_features(&graph_of(name)).unwrap();
        let weights = Weights::synthetic(0);
        let maps = ClassMaps::new(&graph, &weights).unwrap();
        let input = synthetic_input(0, 1, graph.input_shape().unwrap());
        let outputs = Reference::new(graph, &weights)
            .unwrap()
            .run_outputs(&input)
            .unwrap();
        let classes = [0, 285, 999];
        assert_eq!(golden.shape()[0], classes.len());
        let maps = classes.map(|class| maps.map(&outputs, class).unwrap());
        let found = maps.each_ref().map(Tensor::data).concat();
        let (difference, index) = largest_difference(&found, &expected);
        assert!(
            difference <= TOLERANCE,
            "{name}, value {index}: {}, not {}",
            found[index],
            expected[index]
        );
    }
}

#[test]
fn other_networks_are_told_what_they_would_need() {
    for (name, reads) in WITHOUT {
        let graph = published(name);
        for passes in [PassSet::none(), PassSet::all()] {
            let graph = optimize(&graph, &passes).unwrap();
            let error = with_features(&graph).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Input);
            let begin = format!(
                "{name} has no class activation maps: it would have to end in global average pooling and one \
                 linear layer, but "
            );
            let text = error.to_string();
            assert!(text.starts_with(&begin), "{text}");
            if passes.names().is_empty() {
                assert_eq!(text[begin.len()..], **reads);
            }
        }
    }
}

/// What a convolution computes in front of it is nowhere to be read.
#[test]
fn features_that_are_normalised_as_they_are_loaded_have_no_maps() {
    let graph = image_network("small", Shape::new(2, 2, 2), |net, x| {
        let x = net.batch_norm("bn", x, 1e-5)?;
        let x = net.conv("scores", x, Conv::new(2, 1).bias())?;
        net.global_average_pool("pool", x)
    });
    let graph = graph.unwrap();
    assert!(with_features(&graph).is_ok());
    let fused = optimize(&graph, &PassSet::only("fuse_before").unwrap()).unwrap();
    assert_eq!(fused.computed().count(), 2, "{fused}");
    let error = with_features(&fused).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}

#[test]
fn what_does_not_belong_to_the_maps_is_refused() {
    let (graph, weights) = network(End::Linear);
    let error = |found: menagerie::Result<Tensor>| found.unwrap_err().to_string();
    let missing = ClassMaps::new(&graph, &weights).err().unwrap();
    assert_eq!(
        missing.to_string(),
        "small: the features of its class maps, input, are no output of the graph"
    );
    let maps = ClassMaps::new(&with_features(&graph).unwrap(), &weights).unwrap();
    let outputs = [Shape::vector(2), Shape::new(2, 2, 2)].map(|shape| Tensor::zeros(1, shape));
    assert_eq!(
        error(maps.map(&outputs, 2)),
        "there is no class 2: the network has 2, they count from 0"
    );
    assert_eq!(
        error(maps.map(&outputs[..1], 0)),
        "class maps need an answer of 2x1x1 and as output 1 the features of 2x2x2, found 2x1x1"
    );
}
