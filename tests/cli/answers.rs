//! Commands that run networks, on the reference executor.

use std::fs;

use image::ImageEncoder;
use image::codecs::png::PngEncoder;
use menagerie::reference::Reference;
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{tensor_file, zoo};
use safetensors::SafeTensors;
use safetensors::tensor::TensorView;
use serde_json::Value;

use crate::program::{checkout, command, end, json, json_lines, prints, with_stdin};

/// The most probable class of each image, by file.
fn first_guesses(images: &[Value]) -> Vec<(String, String)> {
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
    let answer = json_lines(&[
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
}

#[test]
fn lenet_reads_the_digits_of_a_folder() {
    let answer = json_lines(&[
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

/// The digits 0 to 2 of LeNet-5's ten.
fn three_digits() -> Vec<u8> {
    let bytes = fs::read(checkout("weights/lenet5.safetensors")).unwrap();
    let ten = SafeTensors::deserialize(&bytes).unwrap();
    let three = ten.tensors().into_iter().map(|(name, tensor)| {
        let mut shape = tensor.shape().to_vec();
        let mut data = tensor.data();
        if name.starts_with("fc3.") {
            data = &data[..data.len() / shape[0] * 3];
            shape[0] = 3;
        }
        (name, TensorView::new(tensor.dtype(), shape, data).unwrap())
    });
    safetensors::serialize(three, None).unwrap()
}

#[test]
fn weights_may_be_for_other_classes() {
    let folder = tempfile::tempdir().unwrap();
    let [weights, input, output] =
        ["weights", "input", "output"].map(|name| folder.path().join(name));
    let [weights, input, output] = [&weights, &input, &output].map(|path| path.to_str().unwrap());
    fs::write(weights, three_digits()).unwrap();
    let with_weights = ["--weights", weights, "--adapter", "cpu"];
    let classify = [
        "classify",
        "samples/digits/digit_2.png",
        "--model",
        "lenet5",
    ];
    // The file does not say how photos are prepared.
    let ending = end(command(&[&classify[..], &with_weights].concat()));
    assert_eq!(ending.status, Some(0));
    assert_eq!(
        ending.stderr,
        format!(
            "warning: {weights}: nothing says how photos are prepared for it; assumed is shorter side to 28, crop \
             28x28, bilinear, gray, mean [0.1307], std [0.3081]\n"
        )
    );
    let preprocessing = [
        "--resize",
        "28",
        "--channels",
        "gray",
        "--scale",
        "1",
        "--mean",
        "33.3285",
        "--std",
        "78.5655",
    ];
    let classify = [&classify[..], &preprocessing].concat();
    let text = prints(&[&classify[..], &with_weights].concat());
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(
        text.lines().nth(1).unwrap().ends_with("%  class 2"),
        "{text}"
    );
    assert_eq!(
        text.lines().skip(1).take(3).collect::<Vec<_>>(),
        ending.stdout.lines().skip(1).take(3).collect::<Vec<_>>()
    );
    let names = folder.path().join("names.json");
    fs::write(
        &names,
        r#"{"0": "none", "1": "one", "2": ["n00000002", "two"]}"#,
    )
    .unwrap();
    let names = ["--labels", names.to_str().unwrap(), "--json"];
    let answer = json(&[&classify[..], &with_weights, &names].concat());
    let guess = &answer["top"][0];
    assert_eq!(guess["label"], "two");
    assert_eq!(guess["wordnet_id"], "n00000002");

    let answer = json(&[&classify[..], &with_weights, &["--json"]].concat());
    let guess = &answer["top"][0];
    assert_eq!(
        (&guess["index"], &guess["label"]),
        (&2.into(), &Value::Null)
    );

    let images = synthetic_input(0, 1, Shape::new(1, 28, 28));
    tensor_file::write(input.as_ref(), &images, "input").unwrap();
    let run = [
        "run", "lenet5", "--input", input, "--output", output, "--json",
    ];
    let answer = json(&[&run[..], &with_weights].concat());
    assert_eq!(answer["outputs"][0]["shape"], serde_json::json!([1, 3]));
    let bench = ["bench", "lenet5", "--runs", "1"];
    assert!(prints(&[&bench[..], &with_weights].concat()).starts_with("lenet5 on cpu "));
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
    let images = json_lines(&[
        "classify",
        pixel.to_str().unwrap(),
        glass.to_str().unwrap(),
        "--adapter",
        "cpu",
        "--json",
    ]);
    // Both are black to the network: colour counts, not transparency.
    assert_eq!(images[0]["top"], images[1]["top"]);
}

#[test]
fn a_camera_that_was_held_upright_is_believed() {
    // EXIF in its shortest form: one entry, the orientation, saying "turn by 90 degrees".
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let folder = tempfile::tempdir().unwrap();
    let turned = folder.path().join("turned.png");
    let cat = image::open(checkout("samples/cat.png"))
        .unwrap()
        .rotate270();
    let mut encoder = PngEncoder::new(fs::File::create(&turned).unwrap());
    encoder.set_exif_metadata(exif.to_vec()).unwrap();
    cat.write_with_encoder(encoder).unwrap();
    let images = json_lines(&[
        "classify",
        "samples/cat.png",
        turned.to_str().unwrap(),
        "--adapter",
        "cpu",
        "--json",
    ]);
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
        "warning: no GPU adapter found; Debian's package mesa-vulkan-drivers has a software Vulkan driver; \
         using the reference executor, which is slow\n"
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
        "precision",
        "runs",
    ];
    assert_eq!(keys, expected);
    let number = |key: &str| answer[key].as_f64().unwrap();
    assert!(number("min_ms") <= number("median_ms"));
    assert!(number("median_ms") <= number("max_ms"));
    assert_eq!((number("batch"), number("runs")), (2.0, 3.0));
}
