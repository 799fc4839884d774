//! Commands that run networks, on the reference executor.

use std::fs;

use menagerie::graph::Shape;
use menagerie::reference::Reference;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{tensor_file, zoo};
use safetensors::SafeTensors;
use serde_json::Value;

use crate::program::{checkout, command, end, json, prints, with_stdin};

/// The likeliest class of each image, by file.
fn first_guesses(answer: &Value) -> Vec<(String, String)> {
    let images = answer["images"].as_array().unwrap();
    images
        .iter()
        .map(|image| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&image["file"]), text(&image["top"][0]["label"]))
        })
        .collect()
}

#[test]
fn classify_knows_the_cat() {
    let text = prints(&["classify", "samples/cat.png", "--adapter", "cpu"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 7, "{text}");
    assert_eq!(lines[0], "samples/cat.png");
    assert!(lines[1].ends_with("%  Egyptian cat"), "{text}");
    let share: f64 = lines[1].trim().split('%').next().unwrap().parse().unwrap();
    assert!((share - 71.8).abs() < 0.5, "{share}");
    assert!(
        lines[6].starts_with("mobilenet_v2 on cpu (reference executor): 1 image in "),
        "{text}"
    );
}

#[test]
fn classify_answers_in_the_order_of_its_arguments() {
    let answer = json(&[
        "classify",
        "samples/coffee.png",
        "samples/cat.png",
        "--adapter",
        "cpu",
        "--top",
        "1",
        "--batch",
        "2",
        "--json",
    ]);
    let expected = [
        ("samples/coffee.png", "espresso"),
        ("samples/cat.png", "Egyptian cat"),
    ]
    .map(|(file, label)| (file.to_owned(), label.to_owned()));
    assert_eq!(first_guesses(&answer), expected);
    assert_eq!(answer["failed"], serde_json::json!([]));
}

#[test]
fn lenet_reads_the_digits_of_a_folder() {
    let answer = json(&[
        "classify",
        "samples/digits",
        "--model",
        "lenet5",
        "--adapter",
        "cpu",
        "--batch",
        "3",
        "--json",
    ]);
    let guesses = first_guesses(&answer);
    assert_eq!(guesses.len(), 10);
    for (digit, (file, label)) in guesses.iter().enumerate() {
        assert_eq!(file, &format!("samples/digits/digit_{digit}.png"));
        assert_eq!(label, &digit.to_string());
    }
}

#[test]
fn classify_reads_standard_input() {
    let bytes = fs::read(checkout("samples/digits/digit_7.png")).unwrap();
    let arguments = [
        "classify",
        "-",
        "--model",
        "lenet5",
        "--adapter",
        "cpu",
        "--top",
        "1",
    ];
    let ending = with_stdin(&arguments, &bytes);
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = ending.stdout.lines().collect();
    assert_eq!(lines[0], "-");
    assert!(lines[1].ends_with("%  7"), "{}", ending.stdout);
}

#[test]
fn a_single_pixel_and_transparency_are_images() {
    let folder = tempfile::tempdir().unwrap();
    let pixel = folder.path().join("pixel.png");
    image::RgbImage::new(1, 1).save(&pixel).unwrap();
    let glass = folder.path().join("glass.png");
    image::RgbaImage::new(2, 300).save(&glass).unwrap();
    let answer = json(&[
        "classify",
        pixel.to_str().unwrap(),
        glass.to_str().unwrap(),
        "--adapter",
        "cpu",
        "--json",
    ]);
    // Both are black to the network: colour counts, not transparency.
    let images = answer["images"].as_array().unwrap();
    assert_eq!(images[0]["top"], images[1]["top"]);
}

#[test]
fn without_an_adapter_the_reference_answers_and_says_so() {
    let mut command = command(&["classify", "samples/cat.png", "--top", "1"]);
    command.env("WGPU_BACKEND", "none");
    let ending = end(command);
    assert_eq!(ending.status, Some(0));
    assert_eq!(
        ending.stderr,
        "warning: no GPU adapter here; Debian's package mesa-vulkan-drivers has a software Vulkan driver; \
         the reference executor answers, slowly\n"
    );
    assert!(ending.stdout.contains("Egyptian cat"));
}

#[test]
fn run_answers_any_batch() {
    let folder = tempfile::tempdir().unwrap();
    let [input, output] = ["input", "output"].map(|name| folder.path().join(name));
    // More than go through at once, and of a size that is not the network's usual one.
    let images = synthetic_input(0, 17, Shape::new(1, 29, 31));
    tensor_file::write(&input, &images, "input").unwrap();
    let answer = json(&[
        "run",
        "lenet5",
        "--weights",
        "synthetic:0",
        "--input",
        input.to_str().unwrap(),
        "--output",
        output.to_str().unwrap(),
        "--adapter",
        "cpu",
        "--no-passes",
        "--json",
    ]);
    assert_eq!(answer["batch"], 17);
    let graph = zoo::find("lenet5")
        .unwrap()
        .graph_for(images.shape())
        .unwrap();
    let reference = Reference::new(graph, &Weights::synthetic(0)).unwrap();
    let expected = reference.run(&images).unwrap();
    let bytes = fs::read(output).unwrap();
    let written = SafeTensors::deserialize(&bytes).unwrap();
    let written = written.tensor("output").unwrap();
    assert_eq!(written.shape(), [17, 10]);
    let expected: Vec<u8> = expected
        .data()
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    assert_eq!(written.data(), expected);
}

#[test]
fn bench_tells_what_scripts_look_for() {
    let answer = json(&[
        "bench",
        "lenet5",
        "--runs",
        "3",
        "--batch",
        "2",
        "--adapter",
        "cpu",
        "--json",
    ]);
    let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    let expected = [
        "adapter",
        "batch",
        "first_ms",
        "max_ms",
        "median_ms",
        "min_ms",
        "model",
        "runs",
    ];
    assert_eq!(keys, expected);
    let number = |key: &str| answer[key].as_f64().unwrap();
    assert!(number("min_ms") <= number("median_ms"));
    assert!(number("median_ms") <= number("max_ms"));
    assert_eq!((number("batch"), number("runs")), (2.0, 3.0));
}
