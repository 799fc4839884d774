//! Published weights: repositories and preprocessing are those of timm's own registry, and torchvision's are
//! evaluated as its registry says.

use std::fs;
use std::path::Path;

use menagerie::hub::Repository;
use menagerie::preprocess::{Colour, Framing, Interpolation, Preprocess};
use menagerie::zoo::{self, Model, Published, Task};
use serde_json::{Value, json};

/// What a published checkpoint is, in the words of `tools/hub_configs.py`.
fn config(published: &Published, classes: usize) -> Value {
    let mut config = evaluation(&published.preprocess);
    config["repository"] = published.repository.id.into();
    config["classes"] = classes.into();
    config
}

/// A preprocessing in the words of `tools/hub_configs.py` and `tools/torchvision_configs.py`.
fn evaluation(preprocess: &Preprocess) -> Value {
    let Framing::ShorterSide(resize) = preprocess.framing else {
        panic!(
            "both resize the shorter side, found {:?}",
            preprocess.framing
        );
    };
    assert_eq!(preprocess.colour, Colour::Rgb);
    json!({
        "resize": resize,
        "interpolation": match preprocess.interpolation {
            Interpolation::Bilinear => "bilinear",
            Interpolation::Bicubic => "bicubic",
            other => panic!("timm has no {other:?}"),
        },
        "crop": preprocess.crop,
        "mean": preprocess.mean.map(decimal),
        "std": preprocess.std.map(decimal),
    })
}

/// The number that was written down, and not the nearest f32.
fn decimal(value: f32) -> f64 {
    value.to_string().parse().unwrap()
}

#[test]
fn published_weights_are_timm_s() {
    let text = fs::read_to_string("tests/golden/hub/configs.json").unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    let found: serde_json::Map<String, Value> = zoo::models()
        .iter()
        .filter_map(|model| {
            let published = model.published.as_ref()?;
            Some((model.name.to_owned(), config(published, model.classes)))
        })
        .collect();
    assert_eq!(Value::Object(found), golden["models"]);
}

/// The table of known files agrees, which another tool made.
#[test]
fn files_in_a_cache_are_evaluated_as_timm_does() {
    let mut count = 0;
    for model in zoo::models() {
        if let Some(published) = &model.published {
            let folder = published.repository.id.replace('/', "--");
            let path = format!("models--{folder}/snapshots/0/model.safetensors");
            let found = model.preprocess_of_file(Path::new(&path));
            assert_eq!(found, published.preprocess, "{}", model.name);
            count += 1;
        }
    }
    assert_eq!(count, 21);
}

/// What torchvision calls the first weights that it published of `model`.
fn first(model: &Model) -> &'static str {
    match (model.task, model.name) {
        (Task::Segment, _) => "COCO_WITH_VOC_LABELS_V1",
        (_, "regnet_y_128gf") => "IMAGENET1K_SWAG_E2E_V1",
        _ => "IMAGENET1K_V1",
    }
}

/// All weights that torchvision published are evaluated as its registry says: the first ones in files of any name, the
/// others in files that are called as torchvision calls them.
#[test]
fn torchvision_s_networks_are_evaluated_as_it_does() {
    let text = fs::read_to_string("tests/golden/torchvision.json").unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    let models = golden["models"].as_object().unwrap();
    let mut later = 0;
    for (name, published) in models {
        let model = zoo::find(name).unwrap();
        let weights = published["weights"].as_object().unwrap().iter();
        let (mut found, mut expected) = (Vec::new(), Vec::new());
        for (version, weights) in weights {
            let mut weights = weights.clone();
            let file = weights.as_object_mut().unwrap().remove("file").unwrap();
            let file = file.as_str().unwrap();
            // What `transform_input` does inside the network is a part of our preprocessing.
            if weights.get("resize").is_none() {
                continue;
            }
            let path = format!("weights/{file}.pth");
            let preprocess = model.preprocess_of_file(Path::new(&path));
            assert_eq!(in_words(model, &preprocess), weights, "{name} {version}");
            if version == first(model) {
                assert_eq!(preprocess, model.reference_preprocess(), "{name}");
                let renamed = Path::new("renamed.safetensors");
                assert_eq!(preprocess, model.preprocess_of_file(renamed), "{name}");
            } else {
                expected.push((version.as_str(), file.to_owned()));
            }
        }
        found.extend(
            model
                .later_files()
                .map(|(name, file)| (name, file.to_owned())),
        );
        later += found.len();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{name}");
    }
    assert_eq!((models.len(), later), (74, 29));
}

/// As [`evaluation`]; a segmentation network takes the whole photo, with a shorter side of so many pixels.
fn in_words(model: &Model, preprocess: &Preprocess) -> Value {
    if model.task == Task::Classify {
        return evaluation(preprocess);
    }
    assert_eq!(preprocess.framing, Framing::Squash(1.0));
    let [height, width] = model.size_for([1000, 1500]).unwrap();
    // torchvision's rule: the longer side is rounded down.
    assert_eq!(width, 1500 * height / 1000);
    let shorter = Preprocess {
        framing: Framing::ShorterSide(height),
        ..*preprocess
    };
    let mut found = evaluation(&shorter);
    found["crop"] = Value::Null;
    found
}

#[test]
fn a_repository_is_named_with_its_revision() {
    let repository = zoo::find("resnet50").unwrap().repository().unwrap();
    let expected = Repository {
        id: "timm/resnet50.tv_in1k",
        revision: "main",
    };
    assert_eq!(repository, expected);
    assert_eq!(repository.to_string(), "timm/resnet50.tv_in1k@main");
}

/// What the network takes is what its published weights are given.
#[test]
fn published_preprocessing_gives_the_usual_input() {
    for model in zoo::models() {
        if let Some(published) = &model.published {
            let crop = [model.input.height, model.input.width];
            assert_eq!(published.preprocess.crop, crop, "{}", model.name);
        }
    }
}
