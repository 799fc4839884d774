//! Tasks with a texture on the network's device, against the same photo in host memory.

use menagerie::frame::{Region, TextureSource};
use menagerie::network::Device;
use menagerie::{ErrorKind, Network, Photo, wgpu};

use crate::{gpu, loaded, photo};

/// `photo` as a texture of the default adapter.
pub fn texture(photo: &Photo) -> wgpu::Texture {
    let (width, height) = (photo.width() as u32, photo.height() as u32);
    let size = wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    };
    let texture = gpu().device().create_texture(&wgpu::TextureDescriptor {
        label: None,
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    let (pixels, _) = photo.rgb().as_chunks::<3>();
    let rgba: Vec<u8> = pixels
        .iter()
        .flat_map(|&[red, green, blue]| [red, green, blue, 255])
        .collect();
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(4 * width),
        rows_per_image: None,
    };
    gpu()
        .queue()
        .write_texture(texture.as_image_copy(), &rgba, layout, size);
    texture
}

#[test]
fn a_texture_gets_the_answers_of_the_photo() {
    let device = Device::Gpu(Box::new(gpu()));
    let cat = photo("samples/cat.png");
    let seen = texture(&cat);
    let source = TextureSource::new(&seen);

    let mut network = loaded("mobilenet_v2", &device);
    let (found, expected) = (network.classify(source.clone()), network.classify(&cat));
    assert_eq!(found.unwrap().scores(), expected.unwrap().scores());
    let found = network.explain(source.clone(), 281).unwrap();
    let expected = network.explain(&cat, 281).unwrap();
    assert_eq!(found.heat_map().unwrap(), expected.heat_map().unwrap());
    let (found, expected) = (network.features(source.clone()), network.features(&cat));
    assert_eq!(found.unwrap().data(), expected.unwrap().data());

    // A U-Net runs at the size of the picture, here of a part of the texture.
    let region = Region {
        x: 30,
        y: 20,
        width: 90,
        height: 70,
    };
    let rows = cat.rgb().chunks(3 * cat.width()).skip(20).take(70);
    let part: Vec<u8> = rows.flat_map(|row| row[90..360].to_vec()).collect();
    let part = Photo::new(90, 70, part).unwrap();
    let source = TextureSource {
        region: Some(region),
        ..source
    };
    let mut network = loaded("unet_small", &device);
    let (found, expected) = (network.segment(source), network.segment(&part));
    assert_eq!(found.unwrap(), expected.unwrap());
}

#[test]
fn a_texture_that_cannot_be_read_is_refused() {
    let digit = photo("samples/digits/digit_7.png");
    let seen = texture(&digit);
    let source = TextureSource::new(&seen);
    let refused = |network: &mut Network, source: TextureSource<'_>| {
        let error = network.classify(source).unwrap_err();
        (error.kind(), error.to_string())
    };
    let mut reference = loaded("lenet5", &Device::Reference);
    let (kind, message) = refused(&mut reference, source.clone());
    assert_eq!(kind, ErrorKind::Unsupported);
    assert!(message.contains("found a texture"), "{message}");

    let outside = TextureSource {
        region: Some(Region {
            x: 0,
            y: 0,
            width: 4000,
            height: 1,
        }),
        ..source
    };
    let mut network = loaded("lenet5", &Device::Gpu(Box::new(gpu())));
    let (kind, message) = refused(&mut network, outside);
    assert_eq!(kind, ErrorKind::Input);
    assert!(message.contains("4000x1"), "{message}");
}
