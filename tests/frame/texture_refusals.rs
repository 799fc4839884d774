//! Textures that no input can be made of, and what is said of each.

use menagerie::ErrorKind;
use menagerie::frame::{Region, TextureInput, TextureSource};
use menagerie::preprocess::Preprocess;
use menagerie::wgpu::{self, TextureFormat};

use crate::common::device::devices;
use crate::photo::{SQUASH, mirror_of};

#[test]
fn what_cannot_be_read_is_an_error_that_says_why() {
    let (_, gpu) = &devices()[0];
    let session = mirror_of(gpu, &Preprocess::IMAGENET, 1);
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
