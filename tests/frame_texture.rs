//! A network's input from an application's texture: the same numbers as from the same photo in host memory.

mod common;

use common::application::{pixels_of, texture, texture_with_views, with_alpha};
use common::device::devices;
use half::f16;
use menagerie::ErrorKind;
use menagerie::frame::{Region, TextureInput, TextureSource, Transfer};
use menagerie::gpu::Gpu;
use menagerie::graph::{Activation, Graph, Op, Shape};
use menagerie::preprocess::{Colour, Framing, Interpolation, Photo, Preprocess};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;
use menagerie::wgpu::{self, TextureFormat};
use menagerie::zoo;

const BICUBIC: Preprocess = Preprocess {
    framing: Framing::ShorterSide(235),
    interpolation: Interpolation::Bicubic,
    ..Preprocess::IMAGENET
};

const SQUASH: Preprocess = Preprocess {
    framing: Framing::Squash(0.875),
    crop: [120, 97],
    ..Preprocess::IMAGENET
};

/// Larger than the samples, so that pixels become more.
const ENLARGED: Preprocess = Preprocess {
    framing: Framing::ShorterSide(700),
    interpolation: Interpolation::Bicubic,
    crop: [640, 448],
    ..Preprocess::IMAGENET
};

/// With black around it.
const BORDERED: Preprocess = Preprocess {
    framing: Framing::ShorterSide(50),
    crop: [101, 224],
    ..Preprocess::IMAGENET
};

/// A network that answers with its input.
fn mirror(gpu: &Gpu, preprocess: &Preprocess, batch: usize) -> Session {
    let [height, width] = preprocess.crop;
    let shape = Shape::new(preprocess.colour.channels(), height, width);
    let mut graph = Graph::new("mirror", shape);
    let input = graph.input();
    graph
        .add_node("same", Op::Activation(Activation::Identity), vec![input])
        .unwrap();
    let options = SessionOptions {
        batch,
        ..Default::default()
    };
    Session::new(gpu, &graph, &Weights::synthetic(0), &options).unwrap()
}

/// The network's input for `source`, image `image`, as 8-bit values before normalisation, and the least that
/// any is away from a whole number.
fn seen(
    gpu: &Gpu,
    source: &TextureSource<'_>,
    preprocess: &Preprocess,
    batch: usize,
    image: usize,
) -> (Vec<u8>, f32) {
    let mut session = mirror(gpu, preprocess, batch);
    let input = TextureInput::new(&session, source, preprocess, image).unwrap();
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    input.record(&mut encoder);
    session.record(&mut encoder);
    session.record_readback(&mut encoder);
    gpu.queue().submit([encoder.finish()]);
    let answer = session.read().unwrap();
    let planes = answer.image(image);
    let pixels = planes.len() / preprocess.colour.channels();
    let mut fraction = 0.0_f32;
    let mut bytes = vec![0; planes.len()];
    for (index, &value) in planes.iter().enumerate() {
        let (channel, pixel) = (index / pixels, index % pixels);
        let value = (value * preprocess.std[channel] + preprocess.mean[channel]) * 255.0;
        fraction = fraction.max((value - value.round()).abs());
        bytes[pixel * preprocess.colour.channels() + channel] = value.round() as u8;
    }
    (bytes, fraction)
}

/// What the CPU makes of `region` of a photo.
fn expected(
    [width, _]: [u32; 2],
    rgb: &[u8],
    region: Option<Region>,
    preprocess: &Preprocess,
) -> Vec<u8> {
    let rows = rgb.chunks_exact(3 * width as usize);
    let (cut, width, height) = match region {
        Some(region) => {
            let columns = 3 * region.x as usize..3 * (region.x + region.width) as usize;
            let rows = rows.skip(region.y as usize).take(region.height as usize);
            let cut: Vec<u8> = rows.flat_map(|row| row[columns.clone()].to_vec()).collect();
            (cut, region.width, region.height)
        }
        None => (rgb.to_vec(), width, rgb.len() as u32 / 3 / width),
    };
    let photo = Photo {
        width: width as usize,
        height: height as usize,
        rgb: &cut,
    };
    preprocess.pixels(photo).unwrap()
}

fn farthest(found: &[u8], expected: &[u8]) -> u8 {
    assert_eq!(found.len(), expected.len());
    let differences = found.iter().zip(expected).map(|(a, b)| a.abs_diff(*b));
    differences.max().unwrap()
}

/// Every framing, interpolation and direction of resizing gives the bits of the CPU.
#[test]
fn a_texture_is_resized_like_a_photo() {
    let lenet5 = zoo::find("lenet5").unwrap().preprocess;
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

/// What the bytes of a texture of `format` are for a photo, and what they mean.
fn stored(format: TextureFormat, rgb: &[u8], transfer: Transfer) -> Vec<u8> {
    let rgba = with_alpha(rgb);
    match format {
        TextureFormat::Rgba8Unorm | TextureFormat::Rgba8UnormSrgb => rgba,
        TextureFormat::Bgra8Unorm | TextureFormat::Bgra8UnormSrgb => {
            let (pixels, _) = rgba.as_chunks::<4>();
            pixels
                .iter()
                .flat_map(|&[r, g, b, a]| [b, g, r, a])
                .collect()
        }
        TextureFormat::Rgba16Float => {
            let value = |byte: u8| {
                let stored = f64::from(byte) / 255.0;
                f16::from_f64(match transfer {
                    Transfer::Srgb => stored,
                    Transfer::Linear if stored <= 0.04045 => stored / 12.92,
                    Transfer::Linear => ((stored + 0.055) / 1.055).powf(2.4),
                })
            };
            rgba.iter()
                .flat_map(|&byte| value(byte).to_le_bytes())
                .collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_common_format_is_the_same_picture() {
    use Transfer::{Linear, Srgb};
    let (size, rgb) = pixels_of("samples/cat.png");
    let expected = expected(size, &rgb, None, &BICUBIC);
    let cases = [
        (TextureFormat::Rgba8Unorm, Srgb),
        (TextureFormat::Rgba8UnormSrgb, Linear),
        (TextureFormat::Bgra8Unorm, Srgb),
        (TextureFormat::Bgra8UnormSrgb, Linear),
        (TextureFormat::Rgba16Float, Linear),
        (TextureFormat::Rgba16Float, Srgb),
    ];
    for (device, gpu) in devices() {
        for (format, transfer) in cases {
            let texture = texture(gpu, format, size, &stored(format, &rgb, transfer));
            let asked = TextureSource {
                transfer: Some(transfer),
                ..TextureSource::new(&texture)
            };
            let (found, _) = seen(gpu, &asked, &BICUBIC, 1, 0);
            let far = farthest(&found, &expected);
            assert!(far <= 2, "{device}: {format:?} {transfer:?}: {far}");
            if Transfer::of(format) == transfer {
                let (by_default, _) = seen(gpu, &TextureSource::new(&texture), &BICUBIC, 1, 0);
                assert_eq!(by_default, found, "{device}: {format:?}");
            } else {
                // Taken for light, it is far brighter.
                let (wrong, _) = seen(gpu, &TextureSource::new(&texture), &BICUBIC, 1, 0);
                assert!(farthest(&wrong, &expected) > 20, "{device}: {format:?}");
            }
        }
    }
}

/// A view of another format, the way surfaces and render targets are seen.
#[test]
fn a_view_can_see_srgb_in_a_plain_texture() {
    let (_, gpu) = &devices()[0];
    let (size, rgb) = pixels_of("samples/coffee.png");
    let (plain, srgb) = (TextureFormat::Rgba8Unorm, TextureFormat::Rgba8UnormSrgb);
    let texture = texture_with_views(gpu, plain, size, &with_alpha(&rgb), &[srgb]);
    let source = TextureSource {
        view: wgpu::TextureViewDescriptor {
            format: Some(srgb),
            ..Default::default()
        },
        ..TextureSource::new(&texture)
    };
    let (found, _) = seen(gpu, &source, &Preprocess::IMAGENET, 1, 0);
    let expected = expected(size, &rgb, None, &Preprocess::IMAGENET);
    assert!(farthest(&found, &expected) <= 2);
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

/// Light beyond what a screen can show is clamped, not wrapped.
#[test]
fn light_is_clamped() {
    let (_, gpu) = &devices()[0];
    let texel = [
        f16::from_f32(7.5),
        f16::from_f32(-3.0),
        f16::INFINITY,
        f16::ONE,
    ];
    let bytes: Vec<u8> = texel.iter().flat_map(|value| value.to_le_bytes()).collect();
    let texture = texture(gpu, TextureFormat::Rgba16Float, [4, 4], &bytes.repeat(16));
    let (found, _) = seen(
        gpu,
        &TextureSource::new(&texture),
        &Preprocess::IMAGENET,
        1,
        0,
    );
    assert_eq!(found[..3], [255, 0, 255]);
    assert!(found.chunks_exact(3).all(|pixel| pixel == &found[..3]));
}

#[test]
fn what_cannot_be_read_is_an_error_that_says_why() {
    let (_, gpu) = &devices()[0];
    let session = mirror(gpu, &Preprocess::IMAGENET, 1);
    let make = |format, usage, dimension, samples| {
        gpu.device().create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: wgpu::Extent3d {
                width: 8,
                height: 4,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: samples,
            dimension,
            format,
            usage,
            view_formats: &[],
        })
    };
    let (sampled, flat) = (
        wgpu::TextureUsages::TEXTURE_BINDING,
        wgpu::TextureDimension::D2,
    );
    let refused = |source: &TextureSource<'_>, preprocess: &Preprocess, image| {
        let error = TextureInput::new(&session, source, preprocess, image).err();
        let error = error.expect("a refusal");
        (error.kind(), error.to_string())
    };
    let of_texture =
        |texture: &wgpu::Texture| refused(&TextureSource::new(texture), &Preprocess::IMAGENET, 0);
    let input = |message: &str| (ErrorKind::Input, message.to_owned());

    let unreadable = make(
        TextureFormat::Rgba8Unorm,
        wgpu::TextureUsages::COPY_DST,
        flat,
        1,
    );
    assert_eq!(
        of_texture(&unreadable),
        input(
            "a network reads textures of the usage TEXTURE_BINDING, found TextureUsages(COPY_DST)"
        )
    );
    let integers = make(TextureFormat::Rgba8Uint, sampled, flat, 1);
    assert_eq!(
        of_texture(&integers),
        input("a network reads textures of at least three channels of floats, found Rgba8Uint")
    );
    let two_channels = make(TextureFormat::Rg8Unorm, sampled, flat, 1);
    assert_eq!(
        of_texture(&two_channels),
        input("a network reads textures of at least three channels of floats, found Rg8Unorm")
    );
    let deep = make(
        TextureFormat::Rgba8Unorm,
        sampled,
        wgpu::TextureDimension::D3,
        1,
    );
    assert_eq!(
        of_texture(&deep),
        input("a network reads textures of two dimensions and one sample a pixel, found D3 with 1")
    );

    let good = make(TextureFormat::Rgba8Unorm, sampled, flat, 1);
    let source = TextureSource::new(&good);
    let beyond = TextureSource {
        region: Some(Region {
            x: 4,
            y: 1,
            width: 5,
            height: 2,
        }),
        ..source.clone()
    };
    assert_eq!(
        refused(&beyond, &Preprocess::IMAGENET, 0),
        input("a texture of 8x4 pixels has no 5x2 pixels from (4, 1) on")
    );
    assert_eq!(
        refused(&source, &SQUASH, 0),
        input("mirror takes images of 3x224x224, this preprocessing makes 3x120x97")
    );
    assert_eq!(
        refused(&source, &Preprocess::IMAGENET, 1),
        input("a batch of 1 has no image number 1, they count from 0")
    );
    let other_format = TextureSource {
        view: wgpu::TextureViewDescriptor {
            format: Some(TextureFormat::Bgra8UnormSrgb),
            ..Default::default()
        },
        ..source.clone()
    };
    let (kind, message) = refused(&other_format, &Preprocess::IMAGENET, 0);
    assert_eq!(kind, ErrorKind::Device);
    assert!(
        message.starts_with("the texture: the device refused: "),
        "{message}"
    );
}
