//! Preprocessing and labels of a file.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use menagerie::network::{Device, Notice};
use menagerie::preprocess::{Framing, Interpolation, Preprocess};
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::zoo::{self, Checkpoint, Remark};
use menagerie::{Labels, Network};
use serde_json::json;

use crate::common::safetensors_file::{with_metadata, zeros};

/// Names and extents of a file's tensors.
pub type Tensors = Vec<(String, Vec<usize>)>;

/// The tensors of ResNet 18 with some in other shapes.
pub fn resnet18(other: &[(&str, &[usize])]) -> Tensors {
    let graph = zoo::find("resnet18").unwrap().graph().unwrap();
    let other: HashMap<&str, &[usize]> = other.iter().copied().collect();
    let stored = graph.stored().map(|(_, value)| {
        let shape = other.get(value.name()).copied();
        (
            value.name().to_owned(),
            shape.unwrap_or(value.ty().dims()).to_vec(),
        )
    });
    stored.collect()
}

pub fn bytes(tensors: &Tensors) -> Vec<u8> {
    zeros(
        tensors
            .iter()
            .map(|(name, shape)| (name.as_str(), shape.as_slice())),
    )
}

fn opened(path: &Path) -> Checkpoint {
    let weights = Weights::open(path).unwrap();
    Checkpoint::new(zoo::find("resnet18").unwrap(), weights).unwrap()
}

/// A folder in a folder, with a file of ResNet 18 in the inner one.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inner/model.safetensors");
    fs::create_dir(folder.path().join("inner")).unwrap();
    fs::write(&path, bytes(&resnet18(&[]))).unwrap();
    (folder, path)
}

#[test]
fn files_beside_the_weights_say_what_they_mean() {
    let classes: serde_json::Map<_, _> = (0..1000)
        .map(|index| (index.to_string(), json!(format!("thing {index}"))))
        .collect();
    let lines: Vec<String> = (0..1000)
        .map(|index| format!("n{index:08} thing {index}"))
        .collect();
    let expected = Preprocess {
        framing: Framing::ShorterSide(168),
        interpolation: Interpolation::Bicubic,
        crop: [160, 160],
        mean: [0.5; 3],
        std: [0.25; 3],
        ..Preprocess::IMAGENET
    };
    let timm = json!({
        "architecture": "resnet18",
        "pretrained_cfg": {
            "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "input_size": [3, 160, 160],
            "crop_pct": 0.95, "crop_mode": "center", "interpolation": "bicubic",
        },
    });
    let processor = json!({
        "image_processor_type": "ViTImageProcessor", "do_resize": true, "size": {"shortest_edge": 168},
        "do_center_crop": true, "crop_size": {"height": 160, "width": 160}, "resample": 3,
        "image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25],
    });
    let pixels = json!({
        "image_mean": [127.5, 127.5, 127.5], "image_std": [63.75, 63.75, 63.75], "do_rescale": false,
        "size": {"shortest_edge": 168}, "crop_size": 160, "resample": 3,
    });
    for (name, content) in [
        ("config.json", timm),
        ("preprocessor_config.json", processor),
        ("preprocessor_config.json", pixels),
    ] {
        for place in ["inner", ""] {
            let (folder, path) = folder();
            fs::write(folder.path().join(place).join(name), content.to_string()).unwrap();
            let checkpoint = opened(&path);
            assert_eq!(checkpoint.preprocess(), expected, "{place} {content}");
            assert_eq!(checkpoint.input(), Shape::new(3, 160, 160), "{content}");
            assert_eq!(checkpoint.remarks(), [Remark::AssumedLabels(1000)]);
        }
    }
    for (name, content, id) in [
        (
            "config.json",
            json!({ "id2label": classes }).to_string(),
            None,
        ),
        ("labels.txt", lines.join("\n"), Some("n00000007")),
        ("synset.txt", lines.join("\n"), Some("n00000007")),
    ] {
        let (folder, path) = folder();
        fs::write(folder.path().join("inner").join(name), content).unwrap();
        let checkpoint = opened(&path);
        let labels = checkpoint.labels();
        assert_eq!(
            (labels.name(7), labels.wordnet_id(7)),
            (Some("thing 7"), id)
        );
        let assumed = Remark::AssumedPreprocess(Preprocess::IMAGENET);
        assert_eq!(checkpoint.remarks(), [assumed]);
    }
}

/// The expected values are those of torchvision's `ResNet18_Weights` and of timm's `get_pretrained_cfg`.
#[test]
fn known_files_are_evaluated_as_their_publisher_does() {
    use Interpolation::{Bicubic, Bilinear};
    let timm = "models--timm--resnet18.a3_in1k/snapshots/0/model.safetensors";
    for (name, side, interpolation, crop, is_known) in [
        ("resnet18-f37072fd.pth", 256, Bilinear, 224, true),
        (
            "resnet18-f37072fd.fp16.safetensors",
            256,
            Bilinear,
            224,
            true,
        ),
        // Of an earlier release.
        ("resnet18-5c106cde.pth", 256, Bilinear, 224, true),
        ("resnet18_a1_0-d63eafa0.pth", 235, Bicubic, 224, true),
        ("resnet18.a2_in1k.safetensors", 235, Bicubic, 224, true),
        (timm, 168, Bicubic, 160, true),
        ("resnet18_a1_0-d63eafa0-birds.pth", 235, Bicubic, 224, false),
        ("resnet18.pth", 256, Bilinear, 224, false),
        // Another network's.
        ("resnet50-11ad3fa6.pth", 256, Bilinear, 224, false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes(&resnet18(&[]))).unwrap();
        let checkpoint = opened(&path);
        let expected = Preprocess {
            framing: Framing::ShorterSide(side),
            interpolation,
            crop: [crop, crop],
            ..Preprocess::IMAGENET
        };
        assert_eq!(checkpoint.preprocess(), expected, "{name}");
        assert_eq!(checkpoint.input(), Shape::new(3, crop, crop), "{name}");
        assert_eq!(checkpoint.labels().name(0), Some("tench"), "{name}");
        let assumed = [
            Remark::AssumedPreprocess(expected),
            Remark::AssumedLabels(1000),
        ];
        let remarks: &[Remark] = if is_known { &[] } else { &assumed };
        assert_eq!(checkpoint.remarks(), remarks, "{name}");
    }
}

/// The configurations have the form of those on the Hub. The expected values are what transformers 5.24 does with them.
#[test]
fn image_processors_prepare_photos_as_transformers_does() {
    let (mean, std) = ([0.485, 0.456, 0.406], [0.5, 0.25, 0.2]);
    let normalised = json!({ "image_mean": mean, "image_std": std });
    let mean = mean.map(|mean: f64| mean as f32);
    let shorter = |side, crop| (Framing::ShorterSide(side), [crop, crop]);
    let squashed = |side| (Framing::Squash(1.0), [side, side]);
    let convnext = "ConvNextFeatureExtractor";
    for (config, (framing, crop), interpolation, mean, std) in [
        (
            json!({ "feature_extractor_type": convnext, "size": 224, "crop_pct": 0.875, "resample": 3 }),
            shorter(256, 224),
            Interpolation::Bicubic,
            mean,
            [0.5, 0.25, 0.2],
        ),
        (
            json!({ "image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 384}, "resample": 3 }),
            squashed(384),
            Interpolation::Bicubic,
            mean,
            [0.5, 0.25, 0.2],
        ),
        (
            json!({ "image_processor_type": "BitImageProcessor", "size": {"shortest_edge": 224}, "resample": 3,
                "crop_size": {"height": 224, "width": 224} }),
            shorter(224, 224),
            Interpolation::Bicubic,
            mean,
            [0.5, 0.25, 0.2],
        ),
        (
            json!({ "image_processor_type": "ViTImageProcessor", "size": {"height": 224, "width": 224}, "resample": 2 }),
            squashed(224),
            Interpolation::Bilinear,
            mean,
            [0.5, 0.25, 0.2],
        ),
        // Its deviation counts twice with `include_top`, which is the default.
        (
            json!({ "image_processor_type": "EfficientNetImageProcessor", "size": {"height": 224, "width": 224},
                "resample": 0, "do_center_crop": false, "crop_size": {"height": 289, "width": 289} }),
            squashed(224),
            Interpolation::Nearest,
            mean,
            [0.25, 0.0625, 0.04],
        ),
        (
            json!({ "image_processor_type": "EfficientNetImageProcessor", "size": {"height": 224, "width": 224},
                "resample": 0, "include_top": false, "rescale_offset": true, "rescale_factor": 1.0 / 127.5 }),
            squashed(224),
            Interpolation::Nearest,
            mean.map(|mean| (mean + 1.0) / 2.0),
            [0.25, 0.125, 0.1],
        ),
    ] {
        let (_folder, path) = folder();
        let mut content = normalised.clone();
        let entries = config.as_object().unwrap().clone();
        content.as_object_mut().unwrap().extend(entries);
        let beside = path.with_file_name("preprocessor_config.json");
        fs::write(&beside, content.to_string()).unwrap();
        let found = opened(&path).preprocess();
        let is_near = |found: [f32; 3], expected: [f32; 3]| {
            let mut pairs = found.iter().zip(&expected);
            pairs.all(|(found, expected)| (found - expected).abs() < 1e-6)
        };
        assert_eq!((found.framing, found.crop), (framing, crop), "{content}");
        assert_eq!(found.interpolation, interpolation, "{content}");
        assert!(is_near(found.mean, mean), "{content}: {:?}", found.mean);
        assert!(is_near(found.std, std), "{content}: {:?}", found.std);
    }
}

/// timm has the layers of a network with TensorFlow's padding, too.
#[test]
fn a_variant_with_other_padding_is_told() {
    let (folder, path) = folder();
    let config = r#"{"architecture": "tf_resnet18", "mean": [0.5, 0.5, 0.5]}"#;
    fs::write(folder.path().join("inner/config.json"), config).unwrap();
    let variant = Remark::TensorFlowVariant("tf_resnet18".to_owned());
    assert!(opened(&path).remarks().contains(&variant));
}

/// Transformers writes names that only count, and other programs write other files of these names.
#[test]
fn other_files_beside_the_weights_say_nothing() {
    for (name, content, reason) in [
        ("config.json", r#"{"hidden": 3}"#, None),
        (
            "config.json",
            r#"{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}"#,
            None,
        ),
        (
            "config.json",
            "[",
            Some("invalid JSON: EOF while parsing a list at line 1 column 1"),
        ),
        (
            "config.json",
            r#"{"interpolation": "hamming"}"#,
            Some("the filter hamming is not supported"),
        ),
        (
            "labels.txt",
            "a\nb\n",
            Some("it names 2 classes, and the network has 1000"),
        ),
    ] {
        let (folder, path) = folder();
        let beside = folder.path().join("inner").join(name);
        fs::write(&beside, content).unwrap();
        let checkpoint = opened(&path);
        assert_eq!(checkpoint.preprocess(), Preprocess::IMAGENET, "{content}");
        assert_eq!(checkpoint.labels().name(0), Some("tench"), "{content}");
        let unread = reason.map(|reason| Remark::Unread {
            path: beside,
            reason: reason.to_owned(),
        });
        let expected: Vec<Remark> = unread
            .into_iter()
            .chain([
                Remark::AssumedPreprocess(Preprocess::IMAGENET),
                Remark::AssumedLabels(1000),
            ])
            .collect();
        assert_eq!(checkpoint.remarks(), expected, "{content}");
    }
}

/// As a network without labels, and not as one with the wrong ones.
#[test]
fn a_wrong_number_of_names_in_the_file_is_told() {
    let names = json!({ "id2label": r#"{"0": "cat", "1": "dog", "2": "cow"}"# });
    let weights = Weights::from_bytes("x", with_metadata(&bytes(&resnet18(&[])), names)).unwrap();
    let checkpoint = Checkpoint::new(zoo::find("resnet18").unwrap(), weights).unwrap();
    let (names, classes) = (3, 1000);
    assert_eq!(
        checkpoint.remarks(),
        [Remark::WrongLabels { names, classes }]
    );
    assert_eq!(checkpoint.labels().name(0), Some("tench"));
}

#[test]
fn options_replace_what_is_assumed() {
    let (_folder, path) = folder();
    let names: Vec<String> = (0..1000).map(|index| format!("thing {index}")).collect();
    let notices = |labels: Option<Labels>, preprocess: Option<Preprocess>| {
        let mut notices = Vec::new();
        let mut builder = Network::builder("resnet18")
            .weights(path.as_path())
            .device(Device::Reference)
            .on_notice(|notice| {
                if let Notice::Weights { remark, .. } = notice {
                    notices.push(remark);
                }
            });
        if let Some(labels) = labels {
            builder = builder.labels(labels);
        }
        if let Some(preprocess) = preprocess {
            builder = builder.preprocess(preprocess);
        }
        builder.load().unwrap();
        notices
    };
    assert_eq!(notices(None, None).len(), 2);
    let labels = Some(Labels::from(names));
    assert_eq!(notices(labels.clone(), Some(Preprocess::IMAGENET)), []);
    assert_eq!(
        notices(labels, None),
        [Remark::AssumedPreprocess(Preprocess::IMAGENET)]
    );
}
