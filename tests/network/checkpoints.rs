//! What belongs to weights comes with them, whatever way they are named.

use std::path::Path;

use menagerie::network::{Device, Notice};
use menagerie::preprocess::{Interpolation, Preprocess};
use menagerie::weights::Weights;
use menagerie::zoo::{Publisher, WeightsSource};
use menagerie::{ErrorKind, Labels, Network};

use crate::{loaded, photo, refusal};

const BUILT_IN: &str = "weights/mobilenet_v2.safetensors";

/// What PyTorch makes of the cat with those numbers, the photo resized as torchvision does it and as timm does.
const SHARES: [(Publisher, f64); 2] = [(Publisher::Reference, 0.7179), (Publisher::Hub, 0.6748)];

#[test]
fn a_photo_is_preprocessed_for_whose_the_weights_are() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder
        .path()
        .join("models--timm--mobilenetv2_100.ra_in1k/snapshots/0");
    std::fs::create_dir_all(&snapshot).unwrap();
    let cached = snapshot.join("model.safetensors");
    std::fs::copy(BUILT_IN, &cached).unwrap();
    let cat = photo("samples/cat.png");
    let named = |path: &Path| {
        let network = || Network::builder("mobilenet_v2").device(Device::Reference);
        [
            network().weights(path),
            network().weights(WeightsSource::File(path.into())),
            network().weights(Weights::open(path).unwrap()),
        ]
    };
    for (path, (publisher, expected)) in [Path::new(BUILT_IN), &cached].into_iter().zip(SHARES) {
        for builder in named(path) {
            let mut network = builder.load().unwrap();
            let found = network.checkpoint().unwrap().publisher();
            assert_eq!(found, publisher, "{}", path.display());
            let answer = network.classify(&cat).unwrap();
            let share = answer.top(1)[0].probability;
            assert!(
                (share - expected).abs() < 1e-3,
                "{}: {share}",
                path.display()
            );
        }
    }
}

#[test]
fn options_overrule_what_belongs_to_the_weights() {
    let bicubic = Preprocess {
        interpolation: Interpolation::Bicubic,
        ..Preprocess::IMAGENET
    };
    let mut network = Network::builder("mobilenet_v2")
        .weights(Path::new(BUILT_IN))
        .preprocess(bicubic)
        .labels(
            (0..1000)
                .map(|index| format!("thing {index}"))
                .collect::<Vec<_>>(),
        )
        .device(Device::Reference)
        .load()
        .unwrap();
    let answer = network.classify(&photo("samples/cat.png")).unwrap();
    let best = &answer.top(1)[0];
    assert_eq!(best.label, "thing 285");
    assert!((best.probability - SHARES[1].1).abs() < 1e-3, "{best:?}");
    assert_eq!(network.class("thing 17").unwrap(), 17);
}

#[test]
fn labels_may_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.txt");
    std::fs::write(&path, "zero\r\none\ntwo\n").unwrap();
    assert_eq!(
        Labels::read(&path).unwrap(),
        Labels::new(["zero", "one", "two"])
    );
    let error = Labels::read(folder.path().join("none")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[test]
fn made_up_weights_are_told_of() {
    let mut notices = Vec::new();
    let network = Network::builder("squeezenet1_1")
        .synthetic_if_missing()
        .device(Device::Reference)
        .on_notice(|notice| notices.push(notice));
    let network = network.load().unwrap();
    assert_eq!(network.weights().seed(), Some(0));
    let [Notice::SyntheticWeights { missing, seed: 0 }] = &notices[..] else {
        panic!("{notices:?}");
    };
    assert_eq!(missing.kind(), ErrorKind::MissingWeights);
    let error = refusal(Network::builder("squeezenet1_1").device(Device::Reference));
    assert_eq!(error.to_string(), missing.to_string());
}

#[test]
fn a_checkpoint_can_be_opened_before_its_network() {
    let mut builder = Network::builder("lenet5")
        .device(Device::Reference)
        .size(30, 31);
    let opened = builder.checkpoint().unwrap();
    let mut network = builder.load().unwrap();
    let preprocess = opened.preprocess().for_size(30, 31);
    assert_eq!(network.preprocess().unwrap(), preprocess);
    let seven = photo("samples/digits/digit_7.png");
    let expected = network.classify(&seven).unwrap();
    let found = network
        .classify_inputs(&preprocess.apply(&seven).unwrap())
        .unwrap();
    assert_eq!(found[0].scores(), expected.scores());
    // The usual size is another one.
    let usual = loaded("lenet5", &Device::Reference)
        .classify(&seven)
        .unwrap();
    assert_ne!(usual.scores(), expected.scores());
}
