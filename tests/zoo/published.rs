//! Published weights: repositories and preprocessing are those of timm's own registry, and torchvision's are
//! evaluated as its registry says.

use std::fs;

use menagerie::hub::Repository;
use menagerie::preprocess::{Colour, Framing, Interpolation, Preprocess};
use menagerie::zoo::{self, Published};
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

/// The reference's own weights are evaluated as torchvision's registry says of the first ones that it published.
#[test]
fn torchvision_s_networks_are_evaluated_as_it_does() {
    let text = fs::read_to_string("tests/golden/torchvision.json").unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    let expected = golden["models"].as_object().unwrap();
    for (name, expected) in expected {
        let model = zoo::find(name).unwrap();
        assert_eq!(
            &evaluation(&model.reference_preprocess()),
            expected,
            "{name}"
        );
    }
    assert_eq!(expected.len(), 61);
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
