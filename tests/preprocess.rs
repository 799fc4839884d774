//! Preprocessing against the pixels that torchvision and Keras make (`tools/preprocess_golden.py`).

mod common;

use std::path::Path;

use common::photos::{photo, pixels_of};
use menagerie::preprocess::{Colour, Framing, Interpolation, Preprocess};
use menagerie::zoo::{self, Task};
use menagerie::{ErrorKind, Photo};

const PHOTOS: [&str; 4] = [
    "samples/cat.png",
    "samples/coffee.png",
    "tests/golden/preprocess/tall.png",
    "tests/golden/preprocess/wide.png",
];

const BICUBIC: Preprocess = Preprocess {
    framing: Framing::ShorterSide(235),
    interpolation: Interpolation::Bicubic,
    ..Preprocess::IMAGENET
};

/// The largest difference, and where it is.
fn farthest(found: &[u8], expected: &[u8]) -> (u8, usize) {
    assert_eq!(found.len(), expected.len());
    let differences = found.iter().zip(expected).map(|(a, b)| a.abs_diff(*b));
    differences
        .zip(0..)
        .max_by_key(|&(difference, _)| difference)
        .unwrap_or_default()
}

fn agrees(preset: &str, preprocess: &Preprocess) {
    for path in PHOTOS {
        let name = Path::new(path).file_stem().unwrap().to_str().unwrap();
        let golden = format!("tests/golden/preprocess/{name}-{preset}.png");
        let (_, expected) = pixels_of(&golden);
        let (size, rgb) = pixels_of(path);
        let found = preprocess.pixels(&photo(size, rgb)).unwrap();
        let (difference, place) = farthest(&found, &expected);
        assert_eq!(difference, 0, "{name}-{preset}: at value {place}");
        // The same comparison must notice a grid that is off by one pixel.
        let (shifted, _) = farthest(&found[3..], &expected[..found.len() - 3]);
        assert!(shifted > 20, "{name}-{preset}: {shifted}");
    }
}

#[test]
fn bilinear_agrees_with_torchvision() {
    agrees("256-224", &Preprocess::IMAGENET);
}

#[test]
fn bicubic_agrees_with_torchvision() {
    agrees("235-224-bicubic", &BICUBIC);
}

#[test]
fn mobilenet_v1_agrees_with_its_reference() {
    agrees(
        "mobilenet_v1",
        &zoo::find("mobilenet_v1").unwrap().reference_preprocess(),
    );
}

#[test]
fn a_network_of_keras_sees_what_keras_loads() {
    agrees(
        "keras-299",
        &zoo::find("keras_xception").unwrap().reference_preprocess(),
    );
}

/// What the three modes of Keras's `preprocess_input` make of a pixel; torch's is torchvision's.
#[test]
fn pixels_are_normalised_as_keras_does() {
    let photo = Photo::new(1, 1, [255, 0, 51]).unwrap();
    for (model, expected) in [
        ("keras_mobilenet_v2", [1.0, -1.0, -0.6]),
        ("keras_resnet50", [51.0 - 103.939, -116.779, 255.0 - 123.68]),
    ] {
        let preprocess = zoo::find(model).unwrap().reference_preprocess();
        let input = preprocess.apply(&photo).unwrap();
        let pixels = preprocess.crop[0] * preprocess.crop[1];
        for (plane, expected) in input.image(0).chunks(pixels).zip(expected) {
            let far = plane.iter().map(|found| (found - expected as f32).abs());
            assert!(far.fold(0.0, f32::max) < 2e-5, "{model}: {expected}");
        }
    }
}

#[test]
fn a_pixel_becomes_an_input_of_its_colour() {
    let photo = Photo::new(1, 1, [255, 0, 51]).unwrap();
    let input = Preprocess::IMAGENET.apply(&photo).unwrap();
    for (channel, value) in [1.0f32, 0.0, 0.2].into_iter().enumerate() {
        let expected =
            (value - Preprocess::IMAGENET.mean[channel]) / Preprocess::IMAGENET.std[channel];
        let plane = &input.image(0)[channel * 224 * 224..(channel + 1) * 224 * 224];
        let far = plane.iter().map(|found| (found - expected).abs());
        assert!(far.fold(0.0, f32::max) < 1e-6);
    }
}

#[test]
fn strips_are_cropped_before_they_are_resized() {
    let strip = vec![77; 3 * 20_000];
    for (width, height) in [(1, 20_000), (20_000, 1)] {
        let photo = Photo::new(width, height, strip.clone()).unwrap();
        let pixels = Preprocess::IMAGENET.pixels(&photo).unwrap();
        assert_eq!(pixels, vec![77; 3 * 224 * 224]);
    }
}

#[test]
fn gray_is_luma() {
    let gray = Preprocess {
        framing: Framing::ShorterSide(1),
        crop: [1, 1],
        colour: Colour::Gray,
        ..Preprocess::IMAGENET
    };
    // Pillow's `convert("L")`.
    for (rgb, luma) in [
        ([255, 255, 255], 255),
        ([255, 0, 0], 76),
        ([0, 255, 0], 150),
        ([0, 0, 255], 29),
        ([1, 2, 3], 2),
    ] {
        let photo = Photo::new(1, 1, rgb).unwrap();
        assert_eq!(gray.pixels(&photo).unwrap(), [luma], "{rgb:?}");
    }
}

#[test]
fn a_photo_smaller_than_the_crop_gets_a_black_border() {
    let small = Preprocess {
        framing: Framing::ShorterSide(1),
        crop: [2, 4],
        colour: Colour::Gray,
        ..Preprocess::IMAGENET
    };
    let photo = Photo::new(1, 1, [255; 3]).unwrap();
    assert_eq!(small.pixels(&photo).unwrap(), [0, 255, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn another_input_size_shows_the_same_part() {
    let larger = Preprocess::IMAGENET.for_size(448, 336);
    assert_eq!(larger.crop, [448, 336]);
    assert_eq!(larger.framing, Framing::ShorterSide(512));
    let same = Preprocess::IMAGENET.for_size(224, 224);
    assert_eq!(same, Preprocess::IMAGENET);
}

/// A mask belongs to the photo's own pixels.
#[test]
fn networks_that_mark_pixels_see_each_as_it_is() {
    for path in PHOTOS {
        let (size, rgb) = pixels_of(path);
        let [width, height] = size.map(|side| side as usize);
        let photo = photo(size, rgb.clone());
        for model in zoo::models() {
            if model.task == Task::Segment {
                let whole = model.reference_preprocess().for_size(height, width);
                assert!(whole.pixels(&photo).unwrap() == rgb, "{path}");
            }
        }
    }
}

#[test]
fn unsound_photos_are_errors() {
    for (width, height, rgb) in [
        (0, 0, &[][..]),
        (0, 5, &[]),
        (2, 1, &[1, 2, 3]),
        (usize::MAX, usize::MAX, &[1, 2, 3]),
    ] {
        let error = Photo::new(width, height, rgb).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{error}");
    }
    let photo = Photo::new(1, 1, [0; 3]).unwrap();
    let error = Preprocess::IMAGENET
        .for_size(0, 224)
        .apply(&photo)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}
