//! What the metadata of a file and files beside it say about photos and classes.

use std::fs;
use std::sync::{Arc, Mutex};

use menagerie::network::{Device, Notice};
use menagerie::onnx::Model;
use menagerie::preprocess::{Colour, Framing, Interpolation, Preprocess};
use menagerie::{Network, NetworkBuilder};
use serde_json::json;

use super::writer::{Message, model, node, port};

/// A network of three classes: the means of the channels. Height and width are open if `side` is `None`.
fn of_three_classes(side: Option<i64>, metadata: &[(&str, &str)]) -> Vec<u8> {
    let side = side.map_or(Message::default(), |side| Message::default().int(1, side));
    let dims = [Message::default().int(1, 1), Message::default().int(1, 3)];
    let dims = dims.into_iter().chain([side.clone(), side]);
    let shape = dims.fold(Message::default(), |shape, dim| shape.message(1, dim));
    let tensor = Message::default().int(1, 1).message(2, shape);
    let input = Message::default()
        .bytes(1, "x")
        .message(2, Message::default().message(1, tensor));
    let graph = Message::default()
        .bytes(2, "graph")
        .message(1, node("GlobalAveragePool", &["x"], &["mean"]))
        .message(1, node("Flatten", &["mean"], &["y"]))
        .message(11, input)
        .message(12, port("y", &[]));
    let entries = metadata
        .iter()
        .fold(model(17, graph), |model, (key, text)| {
            model.message(14, Message::default().bytes(1, key).bytes(2, text))
        });
    entries.0
}

/// What a file means.
#[derive(Debug, PartialEq)]
struct Meaning {
    preprocess: Preprocess,
    names: Vec<String>,
    notices: Vec<String>,
}

fn meaning(bytes: &[u8], beside: &[(&str, String)]) -> Meaning {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("onnx");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("net.onnx"), bytes).unwrap();
    for (name, text) in beside {
        fs::write(inner.join(name), text).unwrap();
    }
    let path = inner.join("net.onnx");
    let mut found = meaning_of(Network::builder(path.to_str().unwrap()));
    let place = folder.path().display().to_string();
    for notice in &mut found.notices {
        *notice = notice.replace(&place, "");
    }
    found
}

fn meaning_of(network: NetworkBuilder<'_>) -> Meaning {
    assert_eq!(network.network_name(), "net");
    let notices = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&notices);
    let mut network =
        network.on_notice(move |notice: Notice| told.lock().unwrap().push(notice.to_string()));
    let preprocess = network.photo_preprocess().unwrap();
    let (classes, labels) = network.classes().unwrap();
    assert_eq!(classes, 3);
    let notices = notices.lock().unwrap().clone();
    let network = network.device(Device::Reference).load().unwrap();
    assert_eq!(network.name(), "net");
    Meaning {
        preprocess,
        names: labels.names().map(str::to_owned).collect(),
        notices,
    }
}

#[test]
fn photos_and_classes_are_those_of_metadata_then_of_files_beside_it() {
    let timm = json!({
        "label_names": ["a", "b", "c"],
        "pretrained_cfg": {
            "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "input_size": [3, 160, 160],
            "crop_pct": 0.95, "interpolation": "bicubic",
        },
    })
    .to_string();
    let of_timm = Preprocess {
        framing: Framing::ShorterSide(168),
        interpolation: Interpolation::Bicubic,
        crop: [160, 160],
        mean: [0.5; 3],
        std: [0.25; 3],
        ..Preprocess::IMAGENET
    };
    let ultralytics = [
        (
            "names",
            "{0: 'cat', 1: \"judge's wig\", 2: 'a\\'b: {c}, d'}",
        ),
        ("imgsz", "[64, 64]"),
        ("task", "classify"),
    ];
    let of_ultralytics = Preprocess {
        framing: Framing::ShorterSide(64),
        crop: [64, 64],
        mean: [0.0; 3],
        std: [1.0; 3],
        ..Preprocess::IMAGENET
    };
    let bgr = [
        ("Image.BitmapPixelFormat", "Bgr8"),
        ("Image.NominalPixelRange", "Normalized_1_1"),
    ];
    let of_bgr = Preprocess {
        colour: Colour::Bgr,
        mean: [0.5; 3],
        std: [0.5; 3],
        ..Preprocess::IMAGENET
    };
    let lines = "x\ny\nz\n".to_owned();
    for (name, bytes, beside, preprocess, names) in [
        (
            "nothing",
            of_three_classes(None, &[]),
            vec![],
            Preprocess::IMAGENET,
            vec![],
        ),
        (
            "a size of its own",
            of_three_classes(Some(112), &[]),
            vec![],
            Preprocess::IMAGENET.for_size(112, 112),
            vec![],
        ),
        (
            "a configuration",
            of_three_classes(None, &[]),
            vec![("config.json", timm.clone())],
            of_timm,
            vec!["a", "b", "c"],
        ),
        (
            "a configuration of another size than the file's",
            of_three_classes(Some(80), &[]),
            vec![("config.json", timm.clone())],
            of_timm.for_size(80, 80),
            vec!["a", "b", "c"],
        ),
        (
            "names of its own before those of a configuration",
            of_three_classes(None, &[]),
            vec![("config.json", timm.clone()), ("net.txt", lines.clone())],
            of_timm,
            vec!["x", "y", "z"],
        ),
        (
            "metadata before all",
            of_three_classes(None, &ultralytics),
            vec![("config.json", timm), ("labels.txt", lines)],
            Preprocess {
                interpolation: Interpolation::Bicubic,
                ..of_ultralytics
            },
            vec!["cat", "judge's wig", "a'b: {c}, d"],
        ),
        (
            "ONNX's own keys",
            of_three_classes(None, &bgr),
            vec![],
            of_bgr,
            vec![],
        ),
    ] {
        let found = meaning(&bytes, &beside);
        assert_eq!(found.preprocess, preprocess, "{name}");
        assert_eq!(found.names, names, "{name}");
        if beside.is_empty() {
            let model = Model::from_bytes("/onnx/net.onnx", bytes).unwrap();
            let in_memory = meaning_of(Network::of_model(model));
            assert_eq!(in_memory, found, "{name}, in memory");
        }
    }
}

#[test]
fn a_file_beside_it_that_is_not_used_is_told() {
    let two = ("labels.txt", "a\nb\n".to_owned());
    let unused =
        "/onnx/net.onnx: /onnx/labels.txt is not used: it names 2 classes, and the network has 3";
    let found = meaning(&of_three_classes(None, &[]), &[two]);
    assert_eq!(found.names, [""; 0]);
    assert_eq!(found.notices, [unused]);
}
