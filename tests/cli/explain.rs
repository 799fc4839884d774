//! `menagerie explain`: heat maps over photos.

use std::fs;
use std::path::Path;

use image::{DynamicImage, RgbImage};
use serde_json::Value;

use crate::program::{checkout, command, end, json, prints, with_stdin};

/// What the network sees of `samples/cat.png`, columns and rows: of 451x300 pixels, resized to 384x256, the
/// middle 224x224. The pixels whose centres lie from 80 * 451 / 384 to 304 * 451 / 384, and from 16 * 300 /
/// 256 to 240 * 300 / 256.
const SEEN: [std::ops::Range<u32>; 2] = [94..357, 19..281];

/// Runs the command on the cat and reads what it wrote, with what it says.
fn explain(folder: &Path, more: &[&str]) -> (RgbImage, Value) {
    let output = folder.join("heat.png");
    let name = output.to_str().unwrap();
    let arguments = ["explain", "samples/cat.png", "-o", name, "--json"];
    let answer = json(&[&arguments, more].concat());
    let DynamicImage::ImageRgb8(picture) = image::open(&output).unwrap() else {
        panic!("expected 8-bit colours");
    };
    (picture, answer)
}

fn farthest(a: &RgbImage, b: &RgbImage) -> u8 {
    assert_eq!(a.dimensions(), b.dimensions());
    let differences = a.iter().zip(b.iter()).map(|(a, b)| a.abs_diff(*b));
    differences.max().unwrap()
}

#[test]
fn the_map_lies_over_what_the_network_saw_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let photo = image::open(checkout("samples/cat.png"))
        .unwrap()
        .into_rgb8();
    let (overlay, answer) = explain(folder.path(), &[]);
    let (map, alone) = explain(folder.path(), &["--map"]);
    assert_eq!(overlay.dimensions(), photo.dimensions());
    assert_eq!([&answer["map"], &alone["map"]], [false, true]);
    for (x, y, pixel) in photo.enumerate_pixels() {
        let [overlay, map] = [&overlay, &map].map(|picture| picture.get_pixel(x, y));
        let inside = SEEN[0].contains(&x) && SEEN[1].contains(&y);
        // The heat map has no black.
        assert_eq!(map.0 != [0; 3], inside, "pixel {x}, {y}");
        for channel in 0..3 {
            let [photo, map, found] =
                [pixel, map, overlay].map(|pixel| i32::from(pixel.0[channel]));
            let expected = if inside { (photo + map + 1) / 2 } else { photo };
            assert!(
                (found - expected).abs() <= 1,
                "pixel {x}, {y}: {found}, not {expected}"
            );
        }
    }
}

#[test]
fn what_is_told_is_what_classify_says() {
    let folder = tempfile::tempdir().unwrap();
    let (overlay, answer) = explain(folder.path(), &[]);
    let classified = json(&["classify", "samples/cat.png", "--json"]);
    let top = &classified["top"][0];
    for key in ["index", "label", "probability"] {
        assert_eq!(answer[key], top[key], "{key}");
    }
    assert_eq!([&answer["width"], &answer["height"]], [451, 300]);
    // The same on the reference executor and without passes, but for rounding.
    for more in [&["--adapter", "cpu"][..], &["--no-passes"]] {
        let (other, told) = explain(folder.path(), more);
        assert_eq!(told["label"], "Egyptian cat");
        assert!(farthest(&overlay, &other) <= 2, "{more:?}");
    }
    let output = folder.path().join("cat.png");
    let output = output.to_str().unwrap();
    let line = prints(&[
        "explain",
        "samples/cat.png",
        "-o",
        output,
        "--adapter",
        "cpu",
    ]);
    let begin = "mobilenet_v2 on cpu (reference executor): Egyptian cat, 71.79%, in ";
    assert!(line.starts_with(begin), "{line}");
    let end = format!(" of it in the network, written to {output}\n");
    assert!(line.ends_with(&end), "{line}");
}

#[test]
fn a_class_may_be_chosen_by_name_or_index() {
    let folder = tempfile::tempdir().unwrap();
    let (top, _) = explain(folder.path(), &[]);
    let (chosen, answer) = explain(folder.path(), &["--class", "espresso"]);
    assert_eq!(
        [&answer["index"], &answer["label"]],
        [&Value::from(967), &Value::from("espresso")]
    );
    assert!(answer["probability"].as_f64().unwrap() < 0.01);
    assert!(farthest(&top, &chosen) > 50);
    for class in ["967", "ESPRESSO"] {
        let (same, answer) = explain(folder.path(), &["--class", class]);
        assert!(same == chosen && answer["index"] == 967, "{class}");
    }
}

#[test]
fn every_kind_of_ending_input_and_output_will_do() {
    let folder = tempfile::tempdir().unwrap();
    for (model, size) in [
        ("squeezenet1_1", "65x97"),
        ("densenet121", "64"),
        ("mobilenet_v1", "96"),
    ] {
        let more = ["--model", model, "--weights", "synthetic:0", "--size", size];
        let (picture, answer) = explain(folder.path(), &more);
        assert_eq!(
            (picture.dimensions(), &answer["model"]),
            ((451, 300), &model.into())
        );
    }
    let output = folder.path().join("heat.jpg");
    fs::write(&output, "older").unwrap();
    let photo = fs::read(checkout("samples/cat.png")).unwrap();
    let ending = with_stdin(&["explain", "-", "-o", output.to_str().unwrap()], &photo);
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
    assert!(fs::read(&output).unwrap().starts_with(&[0xff, 0xd8]));
    let written = image::open(&output).unwrap();
    assert_eq!((written.width(), written.height()), (451, 300));
    // A photo smaller than the crop has a border around it that is not part of the picture.
    RgbImage::from_fn(9, 4, |x, y| image::Rgb([(20 * x + 9 * y) as u8; 3]))
        .save(folder.path().join("tiny.png"))
        .unwrap();
    let [tiny, output] = ["tiny.png", "tiny-heat.png"].map(|name| folder.path().join(name));
    json(&[
        "explain",
        tiny.to_str().unwrap(),
        "-o",
        output.to_str().unwrap(),
        "--json",
    ]);
    assert_eq!(
        image::open(output).unwrap().into_rgb8().dimensions(),
        (9, 4)
    );
}

#[test]
fn complaints_are_one_line_and_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("heat.png");
    let output = output.to_str().unwrap();
    let cat = "samples/cat.png";
    let cases: &[(&[&str], &str)] = &[
        (
            &[cat, "--model", "vgg16"],
            "vgg16 has no class activation maps: it would have to end in global average pooling and one linear \
             layer, but classifier.6 (linear) reads classifier.4 (activation)",
        ),
        (
            &[cat, "--model", "unet_small"],
            "unet_small has no class activation maps: it would have to end in global average pooling and one \
             linear layer, but outc.conv (conv2d) reads up4.conv.double_conv.5 (activation)",
        ),
        (
            &[cat, "--model", "resnet51"],
            "no model is called \"resnet51\"; did you mean resnet50? `menagerie models` lists all networks",
        ),
        (
            &[cat, "--class", "1000"],
            "there is no class 1000: the network has 1000, they count from 0",
        ),
        (
            &[cat, "--class", "egyptian bat"],
            "no class is called \"egyptian bat\"; did you mean \"Egyptian cat\"?",
        ),
        (
            &[cat, "--class", "dog"],
            "10 classes have \"dog\" in their names: \"Maltese dog\" and \"Old English sheepdog\", for instance",
        ),
        (
            &["no.png"],
            "no.png: cannot be read: No such file or directory (os error 2)",
        ),
        (
            &[cat, "--size", "0"],
            "invalid value '0' for '--size <SIZE>': expected SIZE or HEIGHTxWIDTH, each from 1 to 8192",
        ),
    ];
    for (arguments, says) in cases {
        let arguments = [&["explain", "-o", output], *arguments].concat();
        let ending = end(command(&arguments));
        let first = ending.stderr.lines().next().unwrap_or_default();
        assert_eq!(first, format!("error: {says}"), "{arguments:?}");
        assert!(ending.status != Some(0) && ending.stdout.is_empty());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    for (name, says) in [
        (
            "samples/cat.png",
            "samples/cat.png: is an input; expected another file",
        ),
        (
            "heat.gif",
            "heat.gif: unknown file extension; an image can be BMP, JPEG, PNG, TIFF or WebP",
        ),
        (
            "no/heat.png",
            "no/heat.png: cannot be written: there is no folder no",
        ),
    ] {
        let ending = end(command(&["explain", cat, "-o", name]));
        assert_eq!(ending.stderr, format!("error: {says}\n"));
    }
}
