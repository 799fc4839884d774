//! A texture is resized, cropped and normalised as the CPU does it with a photo.

use menagerie::frame::{Region, TextureSource};
use menagerie::preprocess::{Colour, Framing, Interpolation, Preprocess};
use menagerie::wgpu::TextureFormat;
use menagerie::zoo;

use crate::common::application::{texture, with_alpha};
use crate::common::device::devices;
use crate::common::photos::pixels_of;
use crate::photo::{BICUBIC, SQUASH, expected, farthest, seen};

/// Larger than the samples, so that pixels become more.
const ENLARGED: Preprocess = Preprocess {
    framing: Framing::ShorterSide(700),
    interpolation: Interpolation::Bicubic,
    crop: [640, 448],
    ..Preprocess::IMAGENET
};

/// As Keras prepares photos for networks that were trained on Caffe's pixels.
const NEAREST: Preprocess = Preprocess {
    framing: Framing::Squash(1.0),
    interpolation: Interpolation::Nearest,
    crop: [131, 224],
    colour: Colour::Bgr,
    ..Preprocess::IMAGENET
};

/// With black around it.
const BORDERED: Preprocess = Preprocess {
    framing: Framing::ShorterSide(50),
    crop: [101, 224],
    ..Preprocess::IMAGENET
};

/// Every framing, interpolation and direction of resizing gives the bits of the CPU.
#[test]
fn a_texture_is_resized_like_a_photo() {
    let lenet5 = zoo::find("lenet5").unwrap().reference_preprocess();
    let gray_of_colour = Preprocess {
        framing: Framing::ShorterSide(30),
        colour: Colour::Gray,
        ..lenet5
    };
    let region = Some(Region {
        x: 31,
        y: 7,
        width: 150,
        height: 211,
    });
    let sliver = Some(Region {
        x: 5,
        y: 0,
        width: 3,
        height: 300,
    });
    let cases = [
        ("samples/cat.png", None, Preprocess::IMAGENET),
        ("samples/coffee.png", None, BICUBIC),
        ("samples/cat.png", None, SQUASH),
        ("samples/cat.png", None, ENLARGED),
        ("samples/cat.png", None, NEAREST),
        ("samples/coffee.png", region, NEAREST),
        ("tests/golden/preprocess/tall.png", None, NEAREST),
        ("samples/coffee.png", None, BORDERED),
        ("samples/cat.png", region, Preprocess::IMAGENET),
        ("samples/cat.png", region, SQUASH),
        ("samples/coffee.png", sliver, BICUBIC),
        ("samples/coffee.png", sliver, SQUASH),
        ("samples/cat.png", None, lenet5),
        ("samples/coffee.png", region, gray_of_colour),
        (
            "tests/golden/preprocess/tall.png",
            None,
            Preprocess::IMAGENET,
        ),
        ("tests/golden/preprocess/tall.png", None, SQUASH),
        ("tests/golden/preprocess/wide.png", None, BICUBIC),
    ];
    for (device, gpu) in devices() {
        for (path, region, preprocess) in cases {
            let (size, rgb) = pixels_of(path);
            let texture = texture(gpu, TextureFormat::Rgba8Unorm, size, &with_alpha(&rgb));
            let source = TextureSource {
                region,
                ..TextureSource::new(&texture)
            };
            let (found, fraction) = seen(gpu, &source, &preprocess, 1, 0);
            let case = format!("{device}: {path} {region:?} {preprocess:?}");
            let expected = expected(size, &rgb, region, &preprocess);
            assert_eq!(farthest(&found, &expected), 0, "{case}");
            assert!(fraction < 1e-3, "{case}: {fraction}");
            // The comparison must notice a picture that is off by one pixel.
            let shifted = preprocess.colour.channels();
            let end = found.len() - shifted;
            assert!(farthest(&found[shifted..], &expected[..end]) > 20, "{case}");
        }
    }
}

#[test]
fn each_image_of_a_batch_has_a_texture_of_its_own() {
    for (device, gpu) in devices() {
        let (size, rgb) = pixels_of("samples/coffee.png");
        let texture = texture(gpu, TextureFormat::Rgba8Unorm, size, &with_alpha(&rgb));
        let source = TextureSource::new(&texture);
        let (found, _) = seen(gpu, &source, &SQUASH, 3, 1);
        assert_eq!(found, expected(size, &rgb, None, &SQUASH), "{device}");
    }
}
