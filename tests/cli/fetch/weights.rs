//! Which weights a command takes: those that were fetched, or those that are built in.

use std::collections::HashMap;
use std::fs;

use menagerie::weights::Weights;
use menagerie::zoo;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::Value;

use super::hub;
use crate::hub::Hub;
use crate::program::{checkout, json};

/// Weights that a test can tell: they answer as the synthetic ones do that they are made of.
fn loadable(model: &str) -> Vec<u8> {
    let graph = zoo::find(model).unwrap().graph().unwrap();
    let weights = Weights::synthetic(0);
    let bound = weights.bind(&graph).unwrap();
    let tensors: Vec<(&str, &[usize], Vec<u8>)> = graph
        .stored()
        .map(|(id, value)| {
            let constant = graph.constant(id).unwrap();
            let values = bound.values(&constant, 0..constant.count()).unwrap();
            let bytes = values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect();
            (value.name(), &value.ty().dims()[..], bytes)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (
            *name,
            TensorView::new(Dtype::F32, shape.to_vec(), bytes).unwrap(),
        )
    });
    serialize(views, None).unwrap()
}

#[test]
fn classify_uses_what_was_downloaded() {
    let hub = Hub::new(
        "timm/tf_efficientnet_lite0.in1k",
        loadable("efficientnet_lite0"),
    );
    let classify = |more: &[&'static str]| {
        let mut arguments = vec!["classify", "samples/cat.png", "--model=efficientnet_lite0"];
        arguments.extend(["--adapter=cpu", "--json"]);
        arguments.extend(more);
        arguments
    };
    let complaint = hub.complaint(&classify(&[]));
    assert!(
        complaint.starts_with(
            "error: no weights of efficientnet_lite0 here (weights/efficientnet_lite0.safetensors, "
        ) && complaint.ends_with(
            " not found); the Hub has them as timm/tf_efficientnet_lite0.in1k; `menagerie fetch MODEL` or \
                 --fetch downloads them; --weights synthetic:0 uses synthetic weights\n"
        ),
        "{complaint}"
    );
    assert_eq!(hub.requests(), []);

    let expected = json(&classify(&["--weights=synthetic:0"]));
    for (more, requests) in [
        (&["--fetch"][..], 3),
        (&["--fetch"], 0),
        (&[], 0),
        (&["--weights=hub"], 0),
    ] {
        let ending = hub.end(&classify(more));
        assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
        let answer: Value = serde_json::from_str(&ending.stdout).unwrap();
        assert_eq!(answer["top"], expected["top"], "{more:?}");
        assert_eq!(hub.requests().len(), requests, "{more:?}");
    }
    let ending = hub.end(&["models", "--json"]);
    let models: Value = serde_json::from_str(&ending.stdout).unwrap();
    let listed = models.as_array().unwrap().iter();
    let found: Vec<&Value> = listed
        .filter(|model| model["name"] == "efficientnet_lite0")
        .collect();
    assert_eq!(found[0]["weights"], "timm/tf_efficientnet_lite0.in1k");
}

/// The same network with the same numbers, evaluated as torchvision does it and as timm does: the shares
/// are PyTorch's, with a photo resized by the one filter or the other.
#[test]
fn each_checkpoint_gets_its_own_preprocessing() {
    let bytes = fs::read(checkout("weights/mobilenet_v2.safetensors")).unwrap();
    let published = SafeTensors::deserialize(&bytes).unwrap();
    let metadata = HashMap::from([("publisher".to_owned(), "timm".to_owned())]);
    let published = serialize(published.tensors(), Some(metadata)).unwrap();
    let hub = Hub::new("timm/mobilenetv2_100.ra_in1k", published.clone());
    let fetched = hub.end(&["fetch", "mobilenet_v2", "--json"]);
    let fetched: Value = serde_json::from_str(&fetched.stdout).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.safetensors");
    fs::write(&copy, published).unwrap();
    let other = folder.path().join("other.safetensors");
    fs::write(&other, bytes).unwrap();
    let named = |path: &str| Some(format!("--weights={path}"));
    for (weights, expected) in [
        (None, 0.7179),
        (named("weights/mobilenet_v2.safetensors"), 0.7179),
        (named(other.to_str().unwrap()), 0.7179),
        (named("hub"), 0.6748),
        // The same file by other names is the publisher's all the same.
        (
            named(fetched["fetched"][0]["path"].as_str().unwrap()),
            0.6748,
        ),
        (named(copy.to_str().unwrap()), 0.6748),
    ] {
        let mut arguments = vec!["classify", "samples/cat.png", "--adapter=cpu", "--json"];
        arguments.extend(weights.as_deref());
        let answer: Value = serde_json::from_str(&hub.end(&arguments).stdout).unwrap();
        let guess = &answer["top"][0];
        assert_eq!(guess["label"], "Egyptian cat");
        let share = guess["probability"].as_f64().unwrap();
        assert!((share - expected).abs() < 0.001, "{weights:?}: {share}");
    }
}

/// What is built in needs no download.
#[test]
fn a_model_that_has_weights_is_not_downloaded() {
    let hub = hub();
    let arguments = ["classify", "samples/cat.png", "--adapter=cpu", "--fetch"];
    assert_eq!(hub.end(&arguments).status, Some(0));
    assert_eq!(hub.requests(), []);
}
