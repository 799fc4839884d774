//! Commands that only tell.

use std::process::Stdio;

use crate::program::{command, json, prints};

#[test]
fn models_lists_the_zoo() {
    let models = json(&["models", "--json"]);
    let find = |name: &str| {
        let models = models.as_array().unwrap();
        models.iter().find(|model| model["name"] == name).unwrap()
    };
    assert_eq!(find("lenet5")["parameters"], 61_706);
    assert_eq!(find("resnet50")["input"], serde_json::json!([3, 224, 224]));
    assert!(find("mobilenet_v2")["weights"].is_string());
    assert!(find("resnet18")["weights"].is_null());
    assert_eq!(find("resnet18")["repository"], "timm/resnet18.tv_in1k");
    assert_eq!(find("resnet18")["revision"], "main");
    assert!(find("lenet5")["repository"].is_null());
    assert_eq!(find("resnet50")["family"], "ResNet");
    let later = serde_json::json!([{ "name": "IMAGENET1K_V2", "file": "resnet50-11ad3fa6" }]);
    assert_eq!(find("resnet50")["later_weights"], later);
    assert_eq!(find("resnet50")["multiply_adds"], 4_089_184_256_u64);
    let text = prints(&["models"]);
    assert!(
        text.contains("  timm/resnet18.tv_in1k, not fetched\n"),
        "{text}"
    );
    for model in models.as_array().unwrap() {
        assert!(text.contains(model["name"].as_str().unwrap()), "{text}");
    }
}

#[test]
fn models_can_be_searched() {
    let names = |part: &str| -> Vec<String> {
        let models = json(&["models", part, "--json"]);
        let models = models.as_array().unwrap().iter();
        models
            .map(|model| model["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("ResNeXt").len(), 3);
    assert_eq!(names("net1_1"), ["squeezenet1_1"]);
    let text = prints(&["models", "SHUFFLE"]);
    assert_eq!(text.lines().count(), 5, "{text}");
    let ending = crate::program::end(command(&["models", "transformer"]));
    let expected = "error: no network has \"transformer\" in its name or family";
    assert_eq!(ending.status, Some(1));
    assert!(ending.stderr.starts_with(expected), "{}", ending.stderr);
}

#[test]
fn summary_counts_as_keras_does() {
    for (model, total, trainable, fixed) in [
        ("mobilenet_v1", "4,253,864", "4,231,976", "21,888"),
        ("resnet50", "25,610,152", "25,557,032", "53,120"),
        ("keras_resnet50", "25,636,712", "25,583,592", "53,120"),
        ("lenet5", "61,706", "61,706", "0"),
    ] {
        let text = prints(&["summary", model]);
        let totals = format!(
            "Total params: {total}\nTrainable params: {trainable}\nNon-trainable params: {fixed}\n"
        );
        assert!(text.contains(&totals), "{model}: {text}");
    }
}

#[test]
fn summary_prints_every_layer() {
    let text = prints(&["summary", "lenet5"]);
    assert!(text.starts_with("Model: \"lenet5\"\n____"), "{text}");
    assert!(
        text.contains("conv1 (conv2d)      6x28x28           156\n"),
        "{text}"
    );
    let ports = "Inputs: input (1x28x28)\nOutputs: output (10x1x1)\n";
    assert!(text.ends_with(ports), "{text}");
    let summary = json(&["summary", "lenet5", "--json"]);
    assert_eq!(
        summary["inputs"][0]["shape"],
        serde_json::json!([1, 28, 28])
    );
    assert_eq!(summary["outputs"][0]["shape"], serde_json::json!([10]));
    let layers = summary["layers"].as_array().unwrap();
    let sum: u64 = layers
        .iter()
        .map(|layer| layer["parameters"].as_u64().unwrap())
        .sum();
    assert_eq!(summary["total"], sum);
    assert_eq!(layers[2]["name"], "conv1");
    assert_eq!(layers[2]["output_shape"], serde_json::json!([6, 28, 28]));
}

#[test]
fn plan_needs_no_adapter() {
    // A backend that no build has, so that no adapter can be found.
    let mut command = command(&["plan", "mobilenet_v2", "--json"]);
    command.env("WGPU_BACKEND", "none");
    let fused: serde_json::Value =
        serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let unfused = json(&["plan", "mobilenet_v2", "--no-passes", "--json"]);
    let dispatches = |plan: &serde_json::Value| plan["dispatches"].as_array().unwrap().len();
    assert!(dispatches(&fused) < dispatches(&unfused));
    let without = json(&[
        "plan",
        "mobilenet_v2",
        "--without",
        "fold_batch_norm",
        "--json",
    ]);
    assert!(dispatches(&fused) < dispatches(&without));
    assert!(dispatches(&without) < dispatches(&unfused));
    let [without, with] = [&["--without", "fuse_before"][..], &[]].map(|passes| {
        let arguments = [
            &["plan", "densenet121", "--device", "h100", "--json"],
            passes,
        ];
        dispatches(&json(&arguments.concat()))
    });
    assert_eq!(without - with, 61);
    let text = prints(&["plan", "lenet5", "--batch", "3"]);
    assert!(text.starts_with("lenet5, batch 3, for "), "{text}");
}

#[test]
fn adapters_ends_with_the_reference_executor() {
    let text = crate::program::end(command(&["adapters"])).stdout;
    assert_eq!(
        text.lines().last(),
        Some("cpu: the reference executor, always available")
    );
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let mut child = command(&["summary", "resnet50"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &[][..])
    );
}
