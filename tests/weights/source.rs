//! Weights as users name them, and those that nobody needs to name.

use std::fs;

use menagerie::ErrorKind;
use menagerie::preprocess::Interpolation;
use menagerie::weights::Weights;
use menagerie::zoo::{self, Checkpoint, Publisher, WeightsSource};

use crate::assert_error;
use crate::common::safetensors_file::{listed, zeros};

#[test]
fn weights_as_users_name_them() {
    let parse = |text: &str| text.parse::<WeightsSource>();
    assert_eq!(parse("synthetic:42").unwrap(), WeightsSource::Synthetic(42));
    assert_eq!(parse("hub").unwrap(), WeightsSource::Hub);
    assert_eq!(
        parse("./synthetic:42").unwrap(),
        WeightsSource::File("./synthetic:42".into())
    );
    let range = "expected a whole number from 0 to 18446744073709551615 as seed";
    for (text, message) in [
        ("synthetic:", format!("\"synthetic:\": {range}, found \"\"")),
        (
            "synthetic:-1",
            format!("\"synthetic:-1\": {range}, found \"-1\""),
        ),
        (
            "synthetic:a\n",
            format!("\"synthetic:a\\n\": {range}, found \"a\\n\""),
        ),
        (
            "synthetic:18446744073709551616",
            format!("\"synthetic:18446744073709551616\": {range}, found \"18446744073709551616\""),
        ),
        (
            "",
            "expected a safetensors or PyTorch file, hub or synthetic:SEED, found nothing".into(),
        ),
    ] {
        assert_error(parse(text).unwrap_err(), &message);
    }
    for text in ["synthetic:42", "hub", "a/b.safetensors", "./hub"] {
        assert_eq!(parse(text).unwrap().to_string(), text);
    }
    let model = zoo::find("lenet5").unwrap();
    let open = |text: &str| parse(text).unwrap().open(model);
    let made_up = open("synthetic:42").unwrap();
    assert_eq!(made_up.weights().to_string(), "synthetic:42");
    assert_eq!(made_up.publisher(), Publisher::Synthetic);
    let error = open("no/such.safetensors").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error
            .to_string()
            .starts_with("no/such.safetensors: cannot be read: ")
    );
}

/// The weights that come with the project fit their networks.
#[test]
fn default_weights_fit() {
    let mut fitting = Vec::new();
    for model in zoo::models() {
        let source = match WeightsSource::default_for(model) {
            // What was downloaded here is none of the project's.
            Ok(WeightsSource::Hub) | Err(_) => continue,
            Ok(source) => source,
        };
        let checkpoint = source.open(model).unwrap();
        let weights = checkpoint.weights();
        let graph = model.graph().unwrap();
        weights.check(&graph).unwrap();
        for (id, tensor) in graph.stored() {
            let values = weights.value(&graph, id).unwrap();
            assert_eq!(values.len(), tensor.ty().count(), "{}", tensor.name());
        }
        fitting.push(model.name);
    }
    for name in ["mobilenet_v1", "mobilenet_v2"] {
        assert!(fitting.contains(&name), "{fitting:?}");
    }
    #[cfg(feature = "embedded-weights")]
    assert_eq!(
        zoo::find("mobilenet_v2")
            .unwrap()
            .checkpoint()
            .unwrap()
            .weights()
            .to_string(),
        "built-in weights of mobilenet_v2"
    );
}

/// timm evaluates its MobileNet v2 with another filter than torchvision does the one that is built in.
#[test]
fn preprocessing_belongs_to_the_weights() {
    let model = zoo::find("mobilenet_v2").unwrap();
    let graph = model.graph().unwrap();
    let tensors = |timm: bool| -> Vec<(String, Vec<usize>)> {
        if timm {
            return listed("tests/golden/hub/mobilenet_v2.txt");
        }
        let stored = graph.stored().map(|(_, tensor)| tensor);
        stored
            .map(|tensor| (tensor.name().to_owned(), tensor.ty().dims().to_vec()))
            .collect()
    };
    let file = |timm: bool| {
        let tensors = tensors(timm);
        zeros(
            tensors
                .iter()
                .map(|(name, shape)| (name.as_str(), &shape[..])),
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    };
    let snapshot = "models--timm--mobilenetv2_100.ra_in1k/snapshots/0/model.safetensors";
    let other = "models--timm--resnet18.tv_in1k/snapshots/0/model.safetensors";
    let cases = [
        (write("torchvision", file(false)), Publisher::Reference),
        (write("timm", file(true)), Publisher::Hub),
        (write(snapshot, file(false)), Publisher::Hub),
        (write(other, file(false)), Publisher::Reference),
    ];
    for (path, publisher) in cases {
        let source = WeightsSource::File(path.clone());
        let named = source.open(model).unwrap();
        let opened = Checkpoint::new(model, Weights::open(&path).unwrap()).unwrap();
        for checkpoint in [named, opened] {
            assert_eq!(checkpoint.publisher(), publisher, "{}", path.display());
            let interpolation = match publisher {
                Publisher::Hub => Interpolation::Bicubic,
                _ => Interpolation::Bilinear,
            };
            assert_eq!(checkpoint.preprocess().interpolation, interpolation);
        }
    }
    // In memory, names are all there is to go by.
    for (timm, publisher) in [(false, Publisher::Reference), (true, Publisher::Hub)] {
        let weights = Weights::from_bytes("x", file(timm)).unwrap();
        let checkpoint = Checkpoint::new(model, weights).unwrap();
        assert_eq!(checkpoint.publisher(), publisher);
    }
    // A network without published weights has nobody's but the reference's.
    let lenet5 = zoo::find("lenet5").unwrap().checkpoint().unwrap();
    assert_eq!(lenet5.publisher(), Publisher::Reference);
}

#[test]
fn missing_weights_are_an_error() {
    let model = zoo::find("alexnet_lrn").unwrap();
    let error = WeightsSource::BuiltIn.open(model).unwrap_err();
    assert_error(error, "no weights of alexnet_lrn are built in");
    let error = WeightsSource::Hub.open(model).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnpublishedWeights);
    assert_eq!(
        error.to_string(),
        "alexnet_lrn: the Hub has no weights of it"
    );
    let error = model.checkpoint().unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("no weights of alexnet_lrn here (weights/alexnet_lrn.safetensors, ")
    );
    let end = " not found); the Hub has none either";
    assert!(message.ends_with(end), "{message}");
    assert_eq!(error.kind(), ErrorKind::UnpublishedWeights);
    // torchvision has weights of others.
    let error = zoo::find("squeezenet1_1")
        .unwrap()
        .checkpoint()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingWeights);
    let end = "; torchvision has them as squeezenet1_1-b8a52dc0.pth";
    assert!(error.to_string().ends_with(end), "{error}");
}
