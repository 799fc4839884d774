//! `--precision`, `--keep-f32` and `--compare-precision`.

use std::path::Path;

use menagerie::tensor::Shape;
use menagerie::{Tensor, npy};

use crate::program::{command, end, json, prints};

/// Arguments that run a small network in f16.
fn run<'a>(input: &'a str, output: &'a str) -> Vec<&'a str> {
    let network = ["run", "lenet5", "--precision", "f16-storage"];
    let files = ["--input", input, "--output", output];
    network.into_iter().chain(files).collect()
}

#[test]
fn a_plan_in_f16_has_half_the_bytes() {
    // It has no convolution by Winograd's algorithm, which only f32 has.
    let plan = |precision| {
        let network = ["plan", "shufflenet_v2_x1_0", "--json"];
        json(&[&network[..], &["--precision", precision]].concat())
    };
    let (f32, f16) = (plan("f32"), plan("f16-storage"));
    assert_eq!(
        (&f32["precision"], &f16["precision"]),
        (&"f32".into(), &"f16-storage".into())
    );
    let bytes = |plan: &serde_json::Value, what: &str| plan[what].as_u64().unwrap();
    let weights = bytes(&f16, "weight_bytes") as f64 / bytes(&f32, "weight_bytes") as f64;
    assert!((0.5..0.51).contains(&weights), "{weights}");
    let activations =
        bytes(&f16, "activation_bytes") as f64 / bytes(&f32, "activation_bytes") as f64;
    assert!((0.5..0.51).contains(&activations), "{activations}");
    let begin = |arguments: &[&str]| {
        let text = prints(&[&["plan", "resnet18", "--precision"], arguments].concat());
        text.lines().next().unwrap().to_owned()
    };
    assert_eq!(
        begin(&["f16-storage"]),
        "resnet18, batch 1, f16-storage, for gpu, tensors in buffers"
    );
    assert_eq!(
        begin(&["f16"]),
        "resnet18, batch 1, f16 (as f16-storage: no matrix units), for gpu, tensors in buffers"
    );
    let on_h100 = begin(&["f16", "--device", "h100"]);
    assert!(
        on_h100.starts_with("resnet18, batch 1, f16, for NVIDIA H100 SXM (gpu, ")
            && on_h100.contains("matrix units of 16x16"),
        "{on_h100}"
    );
}

#[test]
fn what_no_layer_and_no_precision_is_called_gets_one_line() {
    let refused = |arguments: &[&str]| {
        let ending = end(command(arguments));
        assert_ne!(ending.status, Some(0));
        ending.stderr
    };
    assert_eq!(
        refused(&["plan", "resnet18", "--keep-f32", "layer5"]),
        "error: resnet18: no layer is called \"layer5\"; did you mean layer1?\n"
    );
    let line = refused(&["plan", "resnet18", "--precision", "f8"]);
    assert!(
        line.contains("expected f32, f16-storage or f16, found \"f8\""),
        "{line}"
    );
}

#[test]
fn layers_are_compared_and_the_first_that_leaves_the_range_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (digit, bright, output) = (path("digit.npy"), path("bright.npy"), path("output.npy"));
    for (file, scale) in [(&digit, 1.0), (&bright, 6e4)] {
        let pixels = (0..28 * 28).map(|index| scale * (index % 7) as f32 / 7.0);
        let input = Tensor::new(1, Shape::new(1, 28, 28), pixels.collect()).unwrap();
        npy::write(Path::new(file), &input).unwrap();
    }
    let compared = |input: &str, more: &[&'static str]| {
        let arguments: Vec<&str> = run(input, &output)
            .into_iter()
            .chain(["--compare-precision"])
            .collect();
        let arguments: Vec<&str> = arguments.into_iter().chain(more.iter().copied()).collect();
        end(command(&arguments))
    };
    let text = compared(&digit, &[]);
    assert_eq!((text.status, text.stderr.as_str()), (Some(0), ""));
    assert!(
        text.stdout.contains("precision is lost first in "),
        "{}",
        text.stdout
    );
    let found = compared(&digit, &["--json"]);
    let found: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    let layers: Vec<&str> = found["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| layer["layer"].as_str().unwrap())
        .collect();
    assert_eq!(
        layers,
        ["conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3"]
    );
    let beyond = compared(&bright, &[]);
    assert_ne!(beyond.status, Some(0));
    let line = beyond.stdout.lines().last().unwrap();
    let layer = line.split(' ').next().unwrap();
    assert!(
        line.ends_with(&format!("--keep-f32 {layer} keeps it in f32")),
        "{line}"
    );
    assert!(
        beyond.stderr.starts_with(&format!(
            "error: lenet5: {layer}: expected results within +-65504"
        )),
        "{}",
        beyond.stderr
    );
    assert!(
        beyond
            .stderr
            .contains("--keep-f32 LAYER keeps a layer in f32"),
        "{}",
        beyond.stderr
    );
}
