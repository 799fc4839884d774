//! Features: which value of a network they are, and what is left of it where they are the answer. Whether they are
//! those of the frameworks, tests/parity_*.rs look.

mod common;

use common::compare::assert_near;
use common::device::devices;
use common::families::without_larger;
use common::golden::{Golden, TOLERANCE};
use common::networks::published;
use common::safetensors_file::zeros;
use menagerie::features::{
    FEATURES, SPATIAL_FEATURES, spatial_features, with_features, without_classifier,
};
use menagerie::graph::{Activation, Conv, Graph, Scope, Summary, ValueId, Window, image_network};
use menagerie::passes::{PassSet, optimize};
use menagerie::reference::Reference;
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::zoo::{self, Checkpoint, Task};
use menagerie::{ErrorKind, Result, Tensor};

const SEED: u64 = 0;

/// The tensors of a checkpoint of `graph`, of zeros, but for the classes, of which there are so many, or none.
fn checkpoint(graph: &Graph, classifier: &str, classes: Option<usize>) -> Weights {
    let mut tensors: Vec<(String, Vec<usize>)> = Vec::new();
    for (_, value) in graph.stored() {
        let mut shape = value.ty().dims().to_vec();
        if value.name().starts_with(classifier) {
            let Some(classes) = classes else { continue };
            shape[0] = classes;
        }
        tensors.push((value.name().to_owned(), shape));
    }
    let tensors = tensors.iter();
    let bytes = zeros(tensors.map(|(name, shape)| (name.as_str(), shape.as_slice())));
    Weights::from_bytes("checkpoint", bytes).unwrap()
}

/// Of every network but for the larger ones of families: what is left ends in the features, and neither computes the classifier nor has weights of it,
/// whatever those in a checkpoint are.
#[test]
fn the_classifier_is_left_out() {
    let mut goldens = Golden::of_zoo();
    goldens.retain(|golden| golden.batch == 1 && golden.features().is_some());
    for golden in &goldens {
        let model = zoo::find(&golden.model).unwrap();
        let features = golden.features().unwrap();
        let whole = model.graph_for(golden.shape).unwrap();
        let (last, _) = whole
            .computed()
            .rev()
            .map(|(_, node)| (node.name(), node))
            .find(|(_, node)| node.inputs().len() > 1)
            .unwrap();
        let graph = without_classifier(&whole).unwrap();
        let case = &golden.model;
        assert_eq!(graph.output_shape().unwrap(), features.shape, "{case}");
        assert_eq!(graph.outputs()[0].name, FEATURES, "{case}");
        assert_eq!(graph.inputs().len(), 1, "{case}");

        let scores = features.shape.channels * model.classes + model.classes;
        let [all, left] = [&whole, &graph].map(|graph| Summary::of(graph).total());
        assert_eq!(all - left, scores, "{case}");
        let begins = format!("{last}.");
        let is_of_it = |name: &str| name == last || name.starts_with(&begins);
        assert!(
            graph.stored().all(|(_, value)| !is_of_it(value.name())),
            "{case}"
        );
        assert!(
            graph.nodes().iter().all(|node| !is_of_it(node.name())),
            "{case}"
        );

        for classes in [None, Some(7), Some(model.classes)] {
            let weights = checkpoint(&whole, &begins, classes);
            let checkpoint = Checkpoint::new(model, weights).unwrap();
            let found = checkpoint.features_graph(golden.shape).unwrap();
            assert_eq!(found, graph, "{case}, {classes:?} classes");
        }
        let spatial = spatial_features(&whole).unwrap();
        let end = whole.ending_at(&[(SPATIAL_FEATURES, spatial)]).unwrap();
        assert_eq!(
            end.output_shape().unwrap(),
            features.spatial_shape,
            "{case}"
        );
    }
    let classifying = without_larger().filter(|model| model.task == Task::Classify);
    assert_eq!(goldens.len(), classifying.count());
}

/// A network of two feature maps of 4x4 pixels with this end.
fn ending(end: impl Fn(&Scope<'_>, ValueId) -> Result<ValueId>) -> Graph {
    let graph = image_network("small", Shape::new(2, 6, 6), |net, x| {
        let x = net.conv("conv", x, Conv::new(8, 3).bias())?;
        let x = net.relu("relu", x)?;
        end(net, x)
    });
    graph.unwrap()
}

/// A network that is cut off behind its features computes what the whole one has there, with every pass and without.
fn agrees(case: &str, whole: &Graph) {
    let weights = Weights::synthetic(SEED);
    let input = synthetic_input(SEED, 2, whole.input_shape().unwrap());
    let mut opened = with_features(whole).unwrap();
    opened
        .add_output(SPATIAL_FEATURES, spatial_features(&opened).unwrap())
        .unwrap();
    let expected = Reference::new(opened.clone(), &weights)
        .unwrap()
        .run_outputs(&input)
        .unwrap();
    for passes in [PassSet::none(), PassSet::all()] {
        let case = format!("{case}, {} passes", passes.names().len());
        let early = optimize(&without_classifier(whole).unwrap(), &passes).unwrap();
        let late = without_classifier(&optimize(whole, &passes).unwrap()).unwrap();
        for graph in [early, late] {
            let found = Reference::new(graph.clone(), &weights).unwrap().run(&input);
            near(&case, &found.unwrap(), &expected[1]);
            let (_, gpu) = &devices()[0];
            let options = SessionOptions {
                batch: 2,
                ..SessionOptions::default()
            };
            let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
            near(&case, &session.run(&input).unwrap(), &expected[1]);
        }
        let optimized = optimize(&opened, &passes).unwrap();
        let outputs = Reference::new(optimized, &weights).unwrap();
        for (found, expected) in outputs.run_outputs(&input).unwrap().iter().zip(&expected) {
            near(&case, found, expected);
        }
    }
}

fn near(case: &str, found: &Tensor, expected: &Tensor) {
    let varies = expected.data().iter().any(|&value| value != 0.0);
    assert!(varies, "{case}: nothing but zeros");
    assert_near(case, found, expected, TOLERANCE);
}

/// Networks of anybody's own have features too: of these ends, which value they are, and how long.
#[test]
fn every_end_has_its_features() {
    type End = fn(&Scope<'_>, ValueId) -> Result<ValueId>;
    let ends: [(&str, End, &str, usize, &str); 8] = [
        (
            "pooled",
            |net, x| net.linear("fc", net.global_average_pool("pool", x)?, 3),
            "pool",
            8,
            "relu",
        ),
        (
            "dropout and softmax",
            |net, x| {
                let x = net.dropout("drop", net.global_average_pool("pool", x)?)?;
                net.softmax("softmax", net.linear("fc", x, 3)?)
            },
            "pool",
            8,
            "relu",
        ),
        (
            "flattened",
            |net, x| net.linear("fc", net.flatten("flatten", x)?, 3),
            "flatten",
            8 * 16,
            "relu",
        ),
        (
            "hidden layers",
            |net, x| {
                let x = net.adaptive_average_pool("pool", net.dropout("drop", x)?, 2)?;
                let x = net.linear("fc1", net.flatten("flatten", x)?, 5)?;
                let x = net.relu("relu1", net.batch_norm("bn1", x, 1e-5)?)?;
                let x = net.linear("fc2", net.dropout("drop1", x)?, 4)?;
                net.linear("fc3", net.activation("silu2", x, Activation::Silu)?, 3)
            },
            "silu2",
            4,
            "relu",
        ),
        (
            "pixels scored",
            |net, x| {
                let x = net.dropout("drop", x)?;
                let x = net.conv("scores", x, Conv::new(3, 1).bias())?;
                net.global_average_pool("pool", net.relu("rectified", x)?)
            },
            FEATURES,
            8,
            "relu",
        ),
        (
            "a convolution behind pooling",
            |net, x| {
                let x = net.adaptive_average_pool("pool", x, 1)?;
                net.flatten("flatten", net.conv("scores", x, Conv::new(3, 1))?)
            },
            "pool",
            8,
            "relu",
        ),
        (
            "largest pooled",
            |net, x| {
                let x = net.max_pool("max", x, Window::square(2, 2))?;
                net.linear("fc", net.global_average_pool("pool", x)?, 3)
            },
            "pool",
            8,
            "max",
        ),
        (
            "one pixel",
            |net, x| {
                let x = net.conv("last", x, Conv::new(6, 4))?;
                let x = net.relu("relu2", net.batch_norm("bn2", x, 1e-5)?)?;
                net.linear("fc", net.global_average_pool("pool", x)?, 3)
            },
            "pool",
            6,
            "relu2",
        ),
    ];
    for (case, end, features, length, spatial) in ends {
        let graph = ending(end);
        let opened = with_features(&graph).unwrap();
        let port = opened.outputs()[1].clone();
        assert_eq!(port.name, FEATURES, "{case}");
        assert_eq!(opened.value(port.value).name(), features, "{case}");
        assert_eq!(opened.shape(port.value).unwrap(), Shape::vector(length));
        let found = spatial_features(&graph).unwrap();
        assert_eq!(graph.value(found).name(), spatial, "{case}");
        agrees(case, &graph);
    }
}

#[test]
fn other_networks_are_told_what_they_would_need() {
    let unet = published("unet_small");
    let headless = ending(|net, x| net.global_average_pool("pool", x));
    let no_features = "has no features: it would have to end in a layer that scores classes, linear or a 1x1 \
                       convolution with global average pooling, but";
    for (graph, end) in [
        (
            &unet,
            "outc.conv (conv2d) reads up4.conv.double_conv.5 (activation)",
        ),
        (
            &headless,
            "pool (global_average_pool) reads relu (activation)",
        ),
    ] {
        let expected = format!("{} {no_features} {end}", graph.name());
        let errors = [
            without_classifier(graph).unwrap_err(),
            with_features(graph).unwrap_err(),
            spatial_features(graph).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.to_string(), expected);
            assert_eq!(error.kind(), ErrorKind::Input);
        }
    }
    let perceptron = image_network("perceptron", Shape::vector(4), |net, x| {
        let x = net.relu("relu", net.linear("hidden", x, 5)?)?;
        net.linear("fc", x, 3)
    });
    let perceptron = perceptron.unwrap();
    let left = without_classifier(&perceptron).unwrap();
    assert_eq!(left.output_shape().unwrap(), Shape::vector(5));
    assert_eq!(
        spatial_features(&perceptron).unwrap_err().to_string(),
        "perceptron has no spatial features: its classifier reads no image that is computed before it, but input"
    );
}
