//! Formats and views of a texture, and whether its numbers are light or sRGB.

use half::f16;
use menagerie::frame::{TextureSource, Transfer};
use menagerie::preprocess::Preprocess;
use menagerie::wgpu::{self, TextureFormat};

use crate::common::application::{Application, texture, texture_with_views, with_alpha};
use crate::common::device::devices;
use crate::common::photos::pixels_of;
use crate::photo::{BICUBIC, expected, farthest, seen};

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
                    other => panic!("{other:?}"),
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
    let application = Application::start();
    if !application.has_view_formats() {
        return;
    }
    let gpu = &application.gpu();
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
