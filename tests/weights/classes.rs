//! Checkpoints with another number of classes than the published ones, with heads that only training uses,
//! and of other networks than the expected one.

use crate::common::families::tested;
use menagerie::ErrorKind;
use menagerie::graph::Graph;
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::zoo::{self, Checkpoint, Model};

use crate::common::safetensors_file::{listed, zeros};

/// Names and dimensions of tensors.
type Tensors = Vec<(String, Vec<usize>)>;

/// The tensors of a checkpoint of `model` that knows `classes` classes.
fn checkpoint(model: &Model, classes: usize) -> Tensors {
    let graph = model.graph_with_classes(model.input, classes).unwrap();
    let stored = graph.stored().map(|(_, tensor)| tensor);
    stored
        .map(|tensor| (tensor.name().to_owned(), tensor.ty().dims().to_vec()))
        .collect()
}

/// timm's tensors of the network `name`, with a layer `head` for this number of `classes`.
fn of_timm(name: &str, head: &str, classes: usize) -> Tensors {
    let mut tensors = listed(&format!("tests/golden/hub/{name}.txt"));
    let of_head = tensors.iter_mut().filter(|(tensor, _)| {
        let layer = tensor.rsplit_once('.').unwrap().0;
        layer == head
    });
    of_head.for_each(|(_, shape)| shape[0] = classes);
    tensors
}

fn weights(tensors: &Tensors) -> Weights {
    let tensors = tensors
        .iter()
        .map(|(name, shape)| (name.as_str(), shape.as_slice()));
    Weights::from_bytes("x", zeros(tensors)).unwrap()
}

/// What is wrong with `tensors` as weights of `model`, whatever classes they have.
fn complaint(tensors: &Tensors, model: &str) -> String {
    let model = zoo::find(model).unwrap();
    let checkpoint = Checkpoint::new(model, weights(tensors));
    let error = match checkpoint.and_then(|checkpoint| checkpoint.graph(model.input)) {
        Ok(_) => panic!("{}: nothing is wrong", model.name),
        Err(error) => error,
    };
    assert_eq!(error.kind(), ErrorKind::Weights);
    error.to_string()
}

#[test]
fn the_head_tells_the_number_of_classes() {
    for model in tested() {
        for classes in [1, 37, 1001, model.classes] {
            let weights = weights(&checkpoint(model, classes));
            assert_eq!(
                model.classes_of(&weights).unwrap(),
                classes,
                "{}",
                model.name
            );
            let graph = model.graph_with_classes(model.input, classes).unwrap();
            assert_eq!(
                graph.output_shape().unwrap().channels,
                classes,
                "{}",
                model.name
            );
            weights.check(&graph).unwrap();
        }
        let synthetic = Weights::synthetic(0);
        assert_eq!(
            model.classes_of(&synthetic).unwrap(),
            model.classes,
            "{}",
            model.name
        );
    }
}

/// timm's names and a prefix hide no head.
#[test]
fn heads_are_found_under_other_names() {
    for (model, head) in [("vgg11", "head.fc"), ("mobilenet_v2", "classifier")] {
        let model = zoo::find(model).unwrap();
        let graph = model.graph_with_classes(model.input, 37).unwrap();
        let theirs: Tensors = of_timm(model.name, head, 37)
            .into_iter()
            .map(|(name, shape)| (format!("module.{name}"), shape))
            .collect();
        let weights = weights(&theirs);
        assert_eq!(model.classes_of(&weights).unwrap(), 37, "{}", model.name);
        weights.check(&graph).unwrap();
    }
}

#[test]
fn impossible_numbers_of_classes_are_refused() {
    let resnet = zoo::find("resnet18").unwrap();
    let with_head = |shape: &[usize]| -> Tensors {
        let mut tensors = checkpoint(resnet, 1000);
        for (name, found) in &mut tensors {
            if name == "fc.weight" {
                *found = shape.to_vec();
            }
        }
        tensors
    };
    for (head, message) in [
        (
            &[0, 512][..],
            "x: fc.weight: expected 1 to 1048576 classes, found 0",
        ),
        (
            &[1_000_000_000_000, 0],
            "x: not the weights of resnet18: 1 misshapen (fc.weight: expected [1000, 512], found \
             [1000000000000, 0])",
        ),
        (
            &[512],
            "x: not the weights of resnet18: 1 misshapen (fc.weight: expected [1000, 512], found [512])",
        ),
        (
            &[],
            "x: not the weights of resnet18: 1 misshapen (fc.weight: expected [1000, 512], found [])",
        ),
        (
            &[37, 512],
            "x: not the weights of resnet18: 1 misshapen (fc.bias: expected [37], found [1000])",
        ),
    ] {
        assert_eq!(complaint(&with_head(head), "resnet18"), message);
    }
    // 2^20 filters of 64 values are few enough to be a file.
    let unet = zoo::find("unet").unwrap();
    let mut tensors = checkpoint(unet, 2);
    tensors.retain(|(name, _)| name != "outc.conv.weight");
    tensors.push((
        "outc.conv.weight".into(),
        vec![Model::MOST_CLASSES + 1, 64, 1, 1],
    ));
    assert_eq!(
        complaint(&tensors, "unet"),
        "x: outc.conv.weight: expected 1 to 1048576 classes, found 1048577"
    );

    for classes in [0, Model::MOST_CLASSES + 1, 1_000_000_000_000, usize::MAX] {
        let error = resnet
            .graph_with_classes(resnet.input, classes)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Shape);
        assert_eq!(
            error.to_string(),
            format!("resnet18: expected 1 to 1048576 classes, found {classes}")
        );
    }
    for model in tested() {
        let input = Shape::new(model.input.channels, 512, 512);
        let input = if ["alexnet_lrn", "lenet5"].contains(&model.name) {
            model.input
        } else {
            input
        };
        let graph: Graph = model
            .graph_with_classes(input, Model::MOST_CLASSES)
            .unwrap();
        assert_eq!(
            graph.output_shape().unwrap().channels,
            Model::MOST_CLASSES,
            "{}",
            model.name
        );
    }
}

/// Heads that the family's paper has are left out, of whatever size.
#[test]
fn heads_for_training_are_left_out() {
    for (model, branch) in [
        ("googlenet", "aux1"),
        ("googlenet", "aux2"),
        ("inception_v3", "AuxLogits"),
    ] {
        let model = zoo::find(model).unwrap();
        let graph = model.graph().unwrap();
        let mut tensors = checkpoint(model, model.classes);
        for (tensor, shape) in [
            ("conv.bn.num_batches_tracked", vec![]),
            ("conv.conv.weight", vec![128, 512, 1, 1]),
            ("fc.bias", vec![21]),
        ] {
            tensors.push((format!("{branch}.{tensor}"), shape));
        }
        weights(&tensors).check(&graph).unwrap();
    }
}

/// In LR-ASPP two layers score the classes.
#[test]
fn layers_that_score_classes_together_have_the_same_number() {
    let model = zoo::find("lraspp_mobilenet_v3_large").unwrap();
    let mut tensors = checkpoint(model, 5);
    for (name, shape) in &mut tensors {
        if name.starts_with("classifier.low_classifier.") {
            shape[0] = 7;
        }
    }
    assert_eq!(
        complaint(&tensors, model.name),
        "x: not the weights of lraspp_mobilenet_v3_large: 2 misshapen (classifier.low_classifier.weight: expected \
         [5, 40, 1, 1], found [7, 40, 1, 1], classifier.low_classifier.bias: expected [5], found [7])"
    );
}

#[test]
fn every_other_network_is_recognised() {
    for model in tested() {
        let expected = if model.name == "vgg16" {
            "resnet50"
        } else {
            "vgg16"
        };
        for classes in [37, model.classes] {
            assert_eq!(
                complaint(&checkpoint(model, classes), expected),
                format!(
                    "x: expected the weights of {expected}, found those of {}",
                    model.name
                )
            );
        }
    }
}

#[test]
fn a_network_is_recognised_by_most_of_its_tensors() {
    let resnet50 = zoo::find("resnet50").unwrap();
    let backbone = |prefix: &str| -> Tensors {
        let tensors = checkpoint(resnet50, 1000).into_iter();
        let tensors = tensors.filter(|(name, _)| !name.starts_with("fc."));
        tensors
            .map(|(name, shape)| (format!("{prefix}{name}"), shape))
            .collect()
    };
    assert_eq!(
        complaint(&backbone("module."), "resnet18"),
        "x: expected the weights of resnet18, found those of resnet50, but for 2 missing (fc.weight, fc.bias)"
    );
    assert_eq!(
        complaint(&backbone(""), "resnet50"),
        "x: not the weights of resnet50: 2 missing (fc.weight, fc.bias)"
    );
    // All that resnet50 has, and as much again.
    let resnet101 = zoo::find("resnet101").unwrap();
    assert_eq!(
        complaint(&checkpoint(resnet101, 10), "resnet50"),
        "x: expected the weights of resnet50, found those of resnet101"
    );
    assert_eq!(
        complaint(&of_timm("vgg19_bn", "head.fc", 10), "resnet50"),
        "x: expected the weights of resnet50, found those of vgg19_bn"
    );
}

/// A language model is no network of the zoo, though it may have a tensor's name with one.
#[test]
fn networks_outside_the_zoo_are_not_recognised() {
    let mut tensors = vec![
        ("embed_tokens.weight".to_string(), vec![32000, 64]),
        ("norm.weight".to_string(), vec![64]),
        ("fc.weight".to_string(), vec![32000, 64]),
    ];
    for layer in 0..12 {
        for projection in ["q_proj", "k_proj", "v_proj", "o_proj"] {
            let name = format!("layers.{layer}.self_attn.{projection}.weight");
            tensors.push((name, vec![64, 64]));
        }
    }
    let complaint = complaint(&tensors, "lenet5");
    assert!(
        complaint.starts_with(
            "x: not the weights of lenet5: 10 missing (conv1.weight, conv1.bias, conv2.weight, conv2.bias, \
             fc1.weight and 5 more); 51 surplus (embed_tokens.weight, "
        ),
        "{complaint}"
    );
}
