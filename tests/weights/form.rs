//! The form that a network gets from a file: its input channels, its head, and the names of its layers.

use menagerie::network::Device;
use menagerie::preprocess::{Colour, Preprocess};
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::zoo::{self, Checkpoint, Remark};
use menagerie::{ErrorKind, Network, Photo, Tensor};

use crate::meaning::{bytes, resnet18};

/// The answer of ResNet 18 with a first convolution for other images.
#[test]
fn the_first_convolution_decides_about_images() {
    let model = zoo::find("resnet18").unwrap();
    let photo = Photo::new(40, 30, vec![128; 3 * 40 * 30]).unwrap();
    for (stem, input, says) in [
        ([64, 1, 7, 7], Shape::new(1, 224, 224), Some("1 channel")),
        ([64, 4, 7, 7], Shape::new(4, 224, 224), Some("4 channels")),
        ([64, 3, 3, 3], Shape::new(3, 32, 32), None),
    ] {
        let tensors = resnet18(&[
            ("conv1.weight", &stem),
            ("fc.weight", &[10, 512]),
            ("fc.bias", &[10]),
        ]);
        let weights = Weights::from_bytes("x", bytes(&tensors)).unwrap();
        let checkpoint = Checkpoint::new(model, weights).unwrap();
        assert_eq!((checkpoint.input(), checkpoint.classes()), (input, 10));
        let small = checkpoint.remarks().contains(&Remark::SmallStem);
        assert_eq!(small, stem[2] == 3);
        let graph = checkpoint.graph(input).unwrap();
        let pooled = graph.find("maxpool").is_ok();
        assert_eq!(pooled, !small);

        let builder = Network::builder("resnet18")
            .weights(checkpoint)
            .size(64, 64);
        let mut network = builder.device(Device::Reference).load().unwrap();
        let run = network.run(&Tensor::zeros(1, Shape::new(input.channels, 64, 64)));
        assert_eq!(run.unwrap().shape(), Shape::vector(10));
        let refused = network.classify(&photo).err().map(|error| {
            assert_eq!(error.kind(), ErrorKind::Input);
            error.to_string()
        });
        let expected = says.map(|says| {
            format!(
                "resnet18 reads images of {says}, and its preprocessing gives photos of 3 channels"
            )
        });
        assert_eq!(refused, expected);
    }
    // With a preprocessing of one channel, photos are no problem.
    let tensors = resnet18(&[("conv1.weight", &[64, 1, 7, 7])]);
    let weights = Weights::from_bytes("x", bytes(&tensors)).unwrap();
    let gray = Preprocess {
        colour: Colour::Gray,
        ..Preprocess::IMAGENET
    };
    let builder = Network::builder("resnet18")
        .weights(weights)
        .preprocess(gray);
    let mut network = builder
        .size(64, 64)
        .device(Device::Reference)
        .load()
        .unwrap();
    network.classify(&photo).unwrap();
}

#[test]
fn one_score_separates_two_classes() {
    let tensors = resnet18(&[("fc.weight", &[1, 512]), ("fc.bias", &[1])]);
    let weights = Weights::from_bytes("x", bytes(&tensors)).unwrap();
    let builder = Network::builder("resnet18").weights(weights).size(64, 64);
    let builder = builder.labels(["cat", "dog"]).device(Device::Reference);
    let mut network = builder.load().unwrap();
    let photo = Photo::new(40, 30, vec![128; 3 * 40 * 30]).unwrap();
    let answer = network.classify(&photo).unwrap();
    // All weights are zero, and so is the score.
    let found = [0, 1].map(|index| answer.class(index).unwrap().probability);
    assert_eq!(found, [0.5, 0.5]);
    assert_eq!(network.class("dog").unwrap(), 1);
    for class in [0, 1] {
        assert_eq!(network.explain(&photo, class).unwrap().index(), class);
    }
}

/// Without the last layer, there are features and no classes.
#[test]
fn headless_weights_have_features() {
    let mut tensors = resnet18(&[]);
    tensors.retain(|(name, _)| !name.starts_with("fc."));
    tensors.push(("head.0.weight".into(), vec![512, 512]));
    tensors.push(("head.2.weight".into(), vec![7, 512]));
    let weights = Weights::from_bytes("x", bytes(&tensors)).unwrap();
    let model = zoo::find("resnet18").unwrap();
    let checkpoint = Checkpoint::new(model, weights).unwrap();
    assert!(!checkpoint.has_classifier());
    assert_eq!(
        checkpoint.graph(model.input).unwrap_err().to_string(),
        "x: not the weights of resnet18: fc can be head.0 or head.2"
    );
    let graph = checkpoint.features_graph(model.input).unwrap();
    assert_eq!(graph.output_shape().unwrap(), Shape::vector(512));
}

/// Keras's MobileNet v2 has the layers of torchvision's and another padding.
#[test]
fn names_of_another_network_are_not_translated() {
    let torchvision = zoo::find("mobilenet_v2").unwrap();
    let keras = zoo::find("keras_mobilenet_v2").unwrap();
    for (file, model) in [(torchvision, keras), (keras, torchvision)] {
        let graph = file.graph().unwrap();
        let tensors = graph
            .stored()
            .map(|(_, value)| (value.name().to_owned(), value.ty().dims().to_vec()));
        let weights = Weights::from_bytes("x", bytes(&tensors.collect())).unwrap();
        let checkpoint = Checkpoint::new(model, weights).unwrap();
        let (expected, found) = (model.name, file.name);
        assert_eq!(
            checkpoint.graph(model.input).unwrap_err().to_string(),
            format!("x: expected the weights of {expected}, found those of {found}")
        );
    }
}
