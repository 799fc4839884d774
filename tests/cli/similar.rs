//! `menagerie similar`: a folder ranked by similarity to a photo.

use std::fs;

use image::RgbImage;
use menagerie::features::cosine;
use menagerie::{Network, Photo, network::Device};
use serde_json::Value;

use crate::program::{checkout, command, end, json, prints};

fn ranked(answer: &Value) -> Vec<(String, f64)> {
    let similar = answer["similar"].as_array().unwrap().iter();
    similar
        .map(|found| {
            let file = found["file"].as_str().unwrap().to_owned();
            (file, found["similarity"].as_f64().unwrap())
        })
        .collect()
}

#[test]
fn the_most_similar_photos_come_first() {
    let digits = |digit: usize| format!("samples/digits/digit_{digit}.png");
    let network = Network::builder("lenet5").device(Device::Reference);
    let mut network = network.load().unwrap();
    let mut vector = |digit| {
        let photo = Photo::open(checkout(&digits(digit))).unwrap();
        network.features(&photo).unwrap()
    };
    let seven = vector(7);
    let mut expected: Vec<(String, f64)> = (0..10)
        .map(|digit| {
            (
                digits(digit),
                cosine(seven.data(), vector(digit).data()).unwrap(),
            )
        })
        .collect();
    expected.sort_by(|a, b| b.1.total_cmp(&a.1));
    for adapter in [&[][..], &["--adapter", "cpu"]] {
        let base = ["similar", "samples/digits/digit_7.png", "samples/digits"];
        let arguments = [&base[..], &["--model", "lenet5"], adapter].concat();
        let answer = json(&[&arguments[..], &["--json"]].concat());
        assert_eq!(answer["photo"], "samples/digits/digit_7.png");
        assert_eq!(
            (&answer["model"], &answer["compared"]),
            (&"lenet5".into(), &10.into())
        );
        let found = ranked(&answer);
        assert_eq!(found.len(), 10);
        // The photo itself is one of the folder.
        assert_eq!(found[0].0, digits(7));
        assert!(found[0].1 > 1.0 - 1e-9, "{found:?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found.0, expected.0);
            assert!(
                (found.1 - expected.1).abs() < 1e-5,
                "{found:?}, {expected:?}"
            );
        }
        let text = prints(&[&arguments[..], &["--top", "2"]].concat());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert_eq!(lines[0], "  1.0000  samples/digits/digit_7.png");
        assert!(lines[1].ends_with(&expected[1].0), "{text}");
        assert!(
            lines[2].starts_with("lenet5 on ") && lines[2].contains(": 10 images compared in ")
        );
    }
}

#[test]
fn photos_that_fail_do_not_stop_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::copy(checkout("samples/cat.png"), path("cat.png")).unwrap();
    fs::write(path("broken.png"), "no image").unwrap();
    fs::write(path("notes.txt"), "no image by its name").unwrap();
    RgbImage::from_pixel(1, 1, image::Rgb([200, 10, 90]))
        .save(path("dot.png"))
        .unwrap();
    let folder = folder.path().to_str().unwrap();
    let ending = end(command(&["similar", "samples/cat.png", folder, "--json"]));
    assert_eq!(ending.status, Some(1));
    let says = format!(
        "note: left out: 1 file without the extension of an image\nerror: {}: not an image",
        path("broken.png")
    );
    assert!(ending.stderr.starts_with(&says) && ending.stderr.lines().count() == 2);
    let answer: Value = serde_json::from_str(&ending.stdout).unwrap();
    let found = ranked(&answer);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (&found[0].0, found[0].1 > 1.0 - 1e-9),
        (&path("cat.png"), true)
    );
    assert_eq!((&found[1].0, found[1].1 < 0.9), (&path("dot.png"), true));
    assert_eq!(answer["failed"][0]["file"], path("broken.png"));
}

#[test]
fn what_cannot_be_compared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let no_image = "not an image (BMP, DDS, Farbfeld, GIF, HDR, ICO, JPEG, OpenEXR, PNG, PNM, QOI, TGA, TIFF and WebP are known)";
    for (line, says) in [
        (
            "samples/cat.png FOLDER".to_owned(),
            "FOLDER: no images in this folder".to_owned(),
        ),
        (
            "samples/README.md samples/digits".to_owned(),
            format!("samples/README.md: {no_image}"),
        ),
        (
            "samples/cat.png samples/digits --model unet_small".to_owned(),
            "unet_small has no features: it would have to end in a layer that scores classes, linear or a 1x1 \
             convolution with global average pooling, but outc.conv (conv2d) reads up4.conv.double_conv.5 \
             (activation); --layer uses the result of any layer"
                .to_owned(),
        ),
    ] {
        let line = line.replace("FOLDER", path);
        let arguments: Vec<&str> = ["similar"].into_iter().chain(line.split(' ')).collect();
        let ending = end(command(&arguments));
        let stderr = ending.stderr.replace(path, "FOLDER");
        assert_eq!(stderr, format!("error: {says}\n"));
        assert_eq!((ending.status, ending.stdout.as_str()), (Some(1), ""));
    }
}
