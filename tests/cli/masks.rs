//! `menagerie segment`: masks and overlays.

use std::fs;
use std::path::{Path, PathBuf};

use image::codecs::png::PngEncoder;
use image::{DynamicImage, GrayImage, ImageEncoder, RgbImage};
use serde_json::Value;

use crate::program::{checkout, command, end, json, with_stdin};

/// Intersection over union that the trained weights reach on pictures that they were not trained on.
const REACHED: f64 = 0.94;

/// Pictures of cells with the masks that they were made with.
fn cells() -> Vec<(PathBuf, GrayImage)> {
    (0..6)
        .map(|index| {
            let file = |end: &str| checkout(&format!("tests/golden/cells/{index}{end}.png"));
            let mask = image::open(file("-mask")).unwrap().into_luma8();
            (file(""), mask)
        })
        .collect()
}

/// Runs the command and reads what it wrote to `output`, with what it says.
fn segment(photo: &Path, output: &Path, more: &[&str]) -> (DynamicImage, Value) {
    let [photo, name] = [photo, output].map(|path| path.to_str().unwrap());
    let answer = json(&[&["segment", photo, "-o", name, "--json"], more].concat());
    (image::open(output).unwrap(), answer)
}

/// The mask of `photo`, on the reference executor.
fn mask(photo: &Path) -> GrayImage {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("mask.png");
    let (mask, _) = segment(photo, &output, &["--adapter", "cpu"]);
    gray(mask)
}

fn gray(image: DynamicImage) -> GrayImage {
    let DynamicImage::ImageLuma8(mask) = image else {
        panic!("expected 8-bit gray, found {:?}", image.color());
    };
    assert!(mask.pixels().all(|pixel| matches!(pixel.0, [0 | 255])));
    mask
}

#[test]
fn cells_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("mask.png");
    for adapter in [&[][..], &["--adapter", "cpu"]] {
        let (mut both, mut either) = (0, 0);
        for (photo, truth) in cells() {
            let (found, answer) = segment(&photo, &output, adapter);
            let found = gray(found);
            assert_eq!(found.dimensions(), truth.dimensions());
            for (found, truth) in found.iter().zip(truth.iter()) {
                both += u32::from(found & truth > 0);
                either += u32::from(found | truth > 0);
            }
            let white = found.iter().filter(|&&level| level == 255).count();
            let covered = white as f64 / found.len() as f64;
            let told = answer["covered"].as_f64().unwrap();
            assert!((told - covered).abs() < 1e-12, "{told}, not {covered}");
        }
        let reached = f64::from(both) / f64::from(either);
        assert!(reached >= REACHED, "{adapter:?}: {reached:.4}");
    }
}

#[test]
fn the_share_that_is_covered_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("mask.png");
    let output = output.to_str().unwrap();
    let ending = end(command(&[
        "segment",
        "samples/cells.png",
        "-o",
        output,
        "--adapter",
        "cpu",
    ]));
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
    let line = ending.stdout.strip_suffix('\n').unwrap();
    let (begin, rest) = line.split_once('%').unwrap();
    let covered = begin
        .strip_prefix("unet_small on cpu (reference executor): ")
        .unwrap();
    assert!(
        (5.0..60.0).contains(&covered.parse::<f64>().unwrap()),
        "{line}"
    );
    assert!(
        rest.starts_with(" of 400x300 pixels covered, in "),
        "{line}"
    );
    assert!(
        rest.ends_with(&format!(" of it in the network, written to {output}")),
        "{line}"
    );
}

/// Alpha, gray, 16 bits, a camera held upright: what shows the same has the same mask.
#[test]
fn every_kind_of_photo_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (plain, _) = &cells()[0];
    let photo = image::open(plain).unwrap();
    let expected = mask(plain);
    let at = |name: &str| folder.path().join(name);

    photo.to_rgba8().save(at("alpha.png")).unwrap();
    photo.to_rgb16().save(at("deep.png")).unwrap();
    // EXIF in its shortest form: one entry, the orientation, saying "turn by 90 degrees".
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let mut encoder = PngEncoder::new(fs::File::create(at("turned.png")).unwrap());
    encoder.set_exif_metadata(exif.to_vec()).unwrap();
    photo.rotate270().write_with_encoder(encoder).unwrap();
    for name in ["alpha.png", "deep.png", "turned.png"] {
        assert!(mask(&at(name)) == expected, "{name}");
    }

    let levels = photo.to_luma8();
    levels.save(at("gray.png")).unwrap();
    DynamicImage::from(levels)
        .to_rgb8()
        .save(at("colourless.png"))
        .unwrap();
    assert!(mask(&at("gray.png")) == mask(&at("colourless.png")));
}

#[test]
fn a_photo_may_come_from_standard_input_and_be_of_any_size() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("mask.png");
    for (width, height) in [(1, 1), (1, 37), (50, 3), (16, 32)] {
        let photo = RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([(37 * x + 11 * y) as u8; 3])
        });
        let mut bytes = Vec::new();
        photo
            .write_with_encoder(PngEncoder::new(&mut bytes))
            .unwrap();
        let arguments = [
            "segment",
            "-",
            "-o",
            output.to_str().unwrap(),
            "--adapter",
            "cpu",
        ];
        let ending = with_stdin(&arguments, &bytes);
        assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
        let mask = gray(image::open(&output).unwrap());
        assert_eq!(mask.dimensions(), (width, height));
    }
}

#[test]
fn the_ending_says_in_which_format_the_mask_is() {
    let folder = tempfile::tempdir().unwrap();
    let (photo, _) = &cells()[1];
    let expected = mask(photo);
    for (name, signature) in [
        ("mask.bmp", &b"BM"[..]),
        ("mask.tif", b"II*\0"),
        ("mask.WebP", b"RIFF"),
    ] {
        let output = folder.path().join(name);
        // An older file is replaced.
        fs::write(&output, "older").unwrap();
        let (mask, _) = segment(photo, &output, &["--adapter", "cpu"]);
        assert!(fs::read(&output).unwrap().starts_with(signature), "{name}");
        assert!(mask.into_luma8() == expected, "{name}");
    }
}

#[test]
fn a_higher_threshold_covers_less() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("mask.png");
    let (photo, _) = &cells()[2];
    let covered: Vec<f64> = ["0", "0.1", "0.5", "0.9"]
        .iter()
        .map(|threshold| {
            let more = ["--adapter", "cpu", "--threshold", threshold];
            segment(photo, &output, &more).1["covered"]
                .as_f64()
                .unwrap()
        })
        .collect();
    assert_eq!(covered[0], 1.0);
    assert!(covered.is_sorted_by(|low, high| low > high), "{covered:?}");
}

#[test]
fn an_overlay_changes_what_the_mask_covers_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = &cells()[0];
    let photo = image::open(path).unwrap().into_rgb8();
    let mask = mask(path);
    let output = folder.path().join("overlay.png");
    let more = ["--overlay", "--adapter", "cpu"];
    let (overlay, answer) = segment(path, &output, &more);
    assert_eq!(answer["overlay"], true);
    let DynamicImage::ImageRgb8(overlay) = overlay else {
        panic!("expected 8-bit colours, found {:?}", overlay.color());
    };
    assert_eq!(overlay.dimensions(), photo.dimensions());
    for ((x, y, before), after) in photo.enumerate_pixels().zip(overlay.pixels()) {
        let covered = mask.get_pixel(x, y).0 == [255];
        assert_eq!(before != after, covered, "pixel {x}, {y}");
    }
    let (overlay, _) = segment(path, &folder.path().join("overlay.jpg"), &more);
    assert_eq!((overlay.width(), overlay.height()), photo.dimensions());
}

/// The network runs at another size than that of the photo, and has more than one object.
#[test]
fn classes_are_painted_in_their_colours_with_a_legend() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("classes.png");
    let photo = checkout("samples/cells.png");
    let network = [
        "--model",
        "lraspp_mobilenet_v3_large",
        "--weights",
        "synthetic:0",
    ];
    let (drawn, answer) = segment(&photo, &output, &network);
    assert_eq!(answer["legend"], true);
    let plain = [&network[..], &["--no-legend"]].concat();
    let (picture, answer) = segment(&photo, &output, &plain);
    let picture = picture.into_rgb8();
    assert_eq!(picture.dimensions(), (400, 300));
    assert_eq!(answer["legend"], false);
    let classes = answer["classes"].as_array().unwrap();
    // The legend is below, with each colour, on white.
    let drawn = drawn.into_rgb8();
    let below = drawn.height() - 300;
    assert_eq!(drawn.width(), 400);
    assert!(image::imageops::crop_imm(&drawn, 0, 0, 400, 300).to_image() == picture);
    let legend = image::imageops::crop_imm(&drawn, 0, 300, 400, below).to_image();
    let has = |colour: &str| {
        let mut pixels = legend.pixels();
        pixels.any(|pixel| format!("#{:02x}{:02x}{:02x}", pixel[0], pixel[1], pixel[2]) == colour)
    };
    assert!(
        classes
            .iter()
            .all(|class| has(class["colour"].as_str().unwrap()))
    );
    assert!(has("#ffffff"));
    let mut total = 0.0;
    for class in classes {
        let colour = class["colour"].as_str().unwrap();
        let share = class["share"].as_f64().unwrap();
        let is_of_it = |pixel: &[u8; 3]| {
            format!("#{:02x}{:02x}{:02x}", pixel[0], pixel[1], pixel[2]) == colour
        };
        let painted = picture.pixels().filter(|pixel| is_of_it(&pixel.0)).count();
        let counted = painted as f64 / (400.0 * 300.0);
        assert!((counted - share).abs() < 1e-12, "{class}");
        assert!(class["label"].is_string(), "{class}");
        total += share;
    }
    assert!(classes.len() > 1 && (total - 1.0).abs() < 1e-9, "{answer}");

    let [photo, output] = [&photo, &output].map(|path| path.to_str().unwrap());
    let mut arguments = vec!["segment", photo, "-o", output, "--overlay"];
    arguments.extend(network);
    let text = crate::program::prints(&arguments);
    let mut lines = text.lines();
    let first = lines.next().unwrap();
    let counted = format!("{} classes in 400x300 pixels, in ", classes.len());
    assert!(first.contains(&counted), "{text}");
    assert_eq!(lines.next().unwrap().trim_start(), "pixels  colour   class");
    let line = lines.next().unwrap();
    assert!(
        line.contains(classes[0]["colour"].as_str().unwrap()),
        "{text}"
    );
    assert_eq!(lines.count(), classes.len() - 1);

    arguments.extend(["--threshold", "0.5"]);
    let ending = end(command(&arguments));
    let expected = "error: --threshold is for a mask of one object, and lraspp_mobilenet_v3_large has 21 classes\n";
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(1), expected));
}
