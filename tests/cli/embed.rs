//! `menagerie embed`: vectors of photos, in NumPy's format and in JSON.

use std::fs;
use std::path::Path;

use image::RgbImage;
use menagerie::{Network, Photo, network::Device};
use serde_json::Value;

use crate::program::{checkout, command, end, json, lines_of_json, prints, with_stdin};

/// The extents and values of a `.npy` file, as <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>
/// says.
fn read_npy(path: &Path) -> (Vec<usize>, Vec<f32>) {
    let bytes = fs::read(path).unwrap();
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let begin = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!(begin % 64, 0);
    let header = std::str::from_utf8(&bytes[10..begin]).unwrap();
    assert!(header.ends_with('\n'), "{header}");
    assert!(header.contains("'descr': '<f4'"), "{header}");
    assert!(header.contains("'fortran_order': False"), "{header}");
    let extents = header.split(['(', ')']).nth(1).unwrap().split(',');
    let extents = extents.map(str::trim).filter(|extent| !extent.is_empty());
    let extents: Vec<usize> = extents.map(|extent| extent.parse().unwrap()).collect();
    let (values, rest) = bytes[begin..].as_chunks();
    assert!(rest.is_empty());
    let values: Vec<f32> = values
        .iter()
        .map(|&value| f32::from_le_bytes(value))
        .collect();
    assert_eq!(values.len(), extents.iter().product::<usize>());
    (extents, values)
}

/// What the library says of a photo of the checkout.
fn expected(path: &str) -> Vec<f32> {
    let network = Network::builder("mobilenet_v2").device(Device::Reference);
    let photo = Photo::open(checkout(path)).unwrap();
    network
        .load()
        .unwrap()
        .features(&photo)
        .unwrap()
        .into_data()
}

fn near(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
    for (found, expected) in found.iter().zip(expected) {
        let is_near = (found - expected).abs() <= 1e-5 * largest;
        assert!(is_near, "{found}, not {expected}");
    }
}

/// What is in `folder`, by name.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn row_files(images: &[Value]) -> Vec<(u64, &str)> {
    images
        .iter()
        .map(|image| {
            (
                image["row"].as_u64().unwrap(),
                image["file"].as_str().unwrap(),
            )
        })
        .collect()
}

#[test]
fn each_photo_has_a_row_in_the_order_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("vectors.npy");
    fs::write(&output, "older").unwrap();
    let output_name = output.to_str().unwrap();
    let files = ["samples/coffee.png", "samples/cat.png"];
    for adapter in [&["--adapter", "cpu"][..], &["--batch", "1"]] {
        let arguments = [&["embed"], &files[..], &["-o", output_name], adapter].concat();
        let text = prints(&arguments);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "       0  samples/coffee.png");
        assert_eq!(lines[1], "       1  samples/cat.png");
        assert!(lines[2].starts_with("mobilenet_v2 on "), "{text}");
        assert!(lines[2].contains(": 2 rows of 1280 values in "), "{text}");
        let written = format!(" of it in the network, written to {output_name}");
        assert!(lines.len() == 3 && lines[2].ends_with(&written), "{text}");
        let (extents, values) = read_npy(&output);
        assert_eq!(extents, [2, 1280]);
        for (row, file) in values.chunks(1280).zip(files) {
            near(row, &expected(file));
        }
        assert_eq!(names(folder.path()), ["vectors.npy"]);
    }
}

#[test]
fn json_has_the_vectors_where_no_file_is_asked_for() {
    let answer = json(&["embed", "samples/cat.png", "--adapter", "cpu", "--json"]);
    assert_eq!(answer["model"], "mobilenet_v2");
    assert_eq!(answer["adapter"], "cpu (reference executor)");
    assert_eq!(answer["vector_shape"], Value::from(vec![1280]));
    assert_eq!(answer["file"], "samples/cat.png");
    let vector = answer["vector"].as_array().unwrap();
    let vector: Vec<f32> = vector
        .iter()
        .map(|value| value.as_f64().unwrap() as f32)
        .collect();
    assert_eq!(vector, expected("samples/cat.png"));
}

#[test]
fn photos_that_fail_have_no_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("notes.txt"), "no image").unwrap();
    RgbImage::from_pixel(1, 1, image::Rgb([200, 10, 90]))
        .save(path("dot.png"))
        .unwrap();
    let (notes, dot, output) = (path("notes.txt"), path("dot.png"), path("v.npy"));
    let arguments = [
        "embed",
        notes.as_str(),
        "samples/cat.png",
        "missing.png",
        dot.as_str(),
        "-o",
        output.as_str(),
        "--json",
    ];
    let ending = end(command(&arguments));
    assert_eq!(ending.status, Some(1));
    let complaints: Vec<&str> = ending.stderr.lines().collect();
    assert_eq!(complaints.len(), 2, "{}", ending.stderr);
    assert!(complaints[0].starts_with(&format!("error: {notes}: not an image")));
    assert!(complaints[1].starts_with("error: missing.png: cannot be read"));
    let lines = lines_of_json(&ending.stdout);
    let (failed, rows): (Vec<Value>, Vec<Value>) = lines
        .into_iter()
        .partition(|line| line.get("error").is_some());
    assert_eq!(
        row_files(&rows),
        [(0, "samples/cat.png"), (1, dot.as_str())]
    );
    assert!(rows[0].get("vector").is_none());
    assert_eq!(
        [&failed[0]["file"], &failed[1]["file"]],
        [&notes, "missing.png"]
    );
    let (extents, values) = read_npy(Path::new(&output));
    assert_eq!(extents, [2, 1280]);
    near(&values[..1280], &expected("samples/cat.png"));
    assert!(values.iter().all(|value| value.is_finite()));

    // Where there is no row, there is no file, and an older one stays.
    fs::write(&output, "older").unwrap();
    let ending = end(command(&["embed", &notes, "-o", &output]));
    assert_eq!((ending.status, ending.stdout.as_str()), (Some(1), ""));
    assert_eq!(fs::read(&output).unwrap(), b"older");
    assert_eq!(names(folder.path()), ["dot.png", "notes.txt", "v.npy"]);
}

#[test]
fn any_layer_of_any_network_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("v.npy");
    let cases: [(&[&str], &[usize]); 5] = [
        (&["--model", "lenet5"], &[10, 84]),
        (&["--model", "lenet5", "--layer", "pool2"], &[10, 16, 5, 5]),
        (
            &["--layer", "features.18", "--size", "64x96"],
            &[10, 1280, 2, 3],
        ),
        (
            &["--model", "unet_small", "--layer", "down4", "--size", "32"],
            &[10, 128, 2, 2],
        ),
        (
            &[
                "--model",
                "resnet18",
                "--weights",
                "synthetic:0",
                "--size",
                "33",
            ],
            &[10, 512],
        ),
    ];
    for (more, extents) in cases {
        let arguments = [
            &["embed", "samples/digits", "-o", output.to_str().unwrap()],
            more,
        ];
        prints(&arguments.concat());
        assert_eq!(read_npy(&output).0, extents, "{more:?}");
    }
    let photo = fs::read(checkout("samples/cat.png")).unwrap();
    let ending = with_stdin(&["embed", "-", "--json"], &photo);
    let answer: Value = serde_json::from_str(&ending.stdout).unwrap();
    assert_eq!(answer["file"], "-");
}

#[test]
fn complaints_are_one_line_and_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let cases: [(&str, &str); 7] = [
        (
            "samples/cat.png",
            "the following required arguments were not provided:",
        ),
        (
            "samples/cat.png -o FOLDER",
            "FOLDER: cannot be written: it is a folder",
        ),
        (
            "samples/cat.png -o FOLDER/no/v.npy",
            "FOLDER/no/v.npy: cannot be written: there is no folder FOLDER/no",
        ),
        (
            "samples/cat.png -o /dev/full",
            "/dev/full: cannot be written: No space left on device (os error 28)",
        ),
        (
            "samples/cat.png -o FOLDER/v.npy --model unet_small",
            "unet_small has no features: it would have to end in a layer that scores classes, linear or a 1x1 \
             convolution with global average pooling, but outc.conv (conv2d) reads up4.conv.double_conv.5 \
             (activation); --layer uses the result of any layer",
        ),
        (
            "samples/cat.png -o FOLDER/v.npy --layer features.180",
            "mobilenet_v2: no layer is called \"features.180\"; did you mean features.10? `menagerie summary` lists \
             all layers",
        ),
        ("FOLDER -o FOLDER/v.npy", "FOLDER: no images in this folder"),
    ];
    for (line, says) in cases {
        let line = line.replace("FOLDER", path);
        let arguments: Vec<&str> = ["embed"].into_iter().chain(line.split(' ')).collect();
        let ending = end(command(&arguments));
        let first = ending.stderr.lines().next().unwrap_or_default();
        assert_eq!(first.replace(path, "FOLDER"), format!("error: {says}"));
        assert_ne!(ending.status, Some(0), "{line}");
        assert!(names(folder.path()).is_empty(), "{line}");
    }
}
