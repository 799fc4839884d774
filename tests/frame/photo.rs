//! What a network sees of a texture, and what it would see of the same photo in host memory.

use menagerie::frame::{Region, TextureInput, TextureSource};
use menagerie::gpu::Gpu;
use menagerie::preprocess::{Framing, Interpolation, Preprocess};
use menagerie::session::Session;
use menagerie::tensor::Shape;

use crate::common::photos::photo;
use crate::networks::mirror;

pub const BICUBIC: Preprocess = Preprocess {
    framing: Framing::ShorterSide(235),
    interpolation: Interpolation::Bicubic,
    ..Preprocess::IMAGENET
};

pub const SQUASH: Preprocess = Preprocess {
    framing: Framing::Squash(0.875),
    crop: [120, 97],
    ..Preprocess::IMAGENET
};

/// A network that answers with the input that `preprocess` makes.
pub fn mirror_of(gpu: &Gpu, preprocess: &Preprocess, batch: usize) -> Session {
    let [height, width] = preprocess.crop;
    let shape = Shape::new(preprocess.colour.channels(), height, width);
    mirror(gpu, shape, batch)
}

/// The network's input for `source`, image `image`, as 8-bit values before normalisation, and the least that
/// any is away from a whole number.
pub fn seen(
    gpu: &Gpu,
    source: &TextureSource<'_>,
    preprocess: &Preprocess,
    batch: usize,
    image: usize,
) -> (Vec<u8>, f32) {
    let mut session = mirror_of(gpu, preprocess, batch);
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
pub fn expected(
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
    preprocess.pixels(&photo([width, height], cut)).unwrap()
}

pub fn farthest(found: &[u8], expected: &[u8]) -> u8 {
    assert_eq!(found.len(), expected.len());
    let differences = found.iter().zip(expected).map(|(a, b)| a.abs_diff(*b));
    differences.max().unwrap()
}
