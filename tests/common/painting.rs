//! Textures to paint into, what they show then, and networks whose maps are painted.

use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::maps::with_features;
use menagerie::passes::{PassSet, optimize};
use menagerie::tensor::Shape;
use menagerie::wgpu::{self, TextureFormat, TextureUsages};
use menagerie::zoo;

/// Levels of 255 that the device's arithmetic may be off by.
const TOLERANCE: u8 = 2;

pub fn target(gpu: &Gpu, size: [u32; 2], mips: u32) -> wgpu::Texture {
    target_with_views(gpu, size, mips, &[])
}

/// The same, with other formats that it can be seen in.
pub fn target_with_views(
    gpu: &Gpu,
    [width, height]: [u32; 2],
    mips: u32,
    view_formats: &[TextureFormat],
) -> wgpu::Texture {
    gpu.device().create_texture(&wgpu::TextureDescriptor {
        label: Some("the application's"),
        size: wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        },
        mip_level_count: mips,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: TextureFormat::Rgba8Unorm,
        usage: TextureUsages::STORAGE_BINDING | TextureUsages::COPY_SRC,
        view_formats,
    })
}

/// What level `mip` of `texture` shows: four bytes a pixel.
pub fn painted(gpu: &Gpu, texture: &wgpu::Texture, mip: u32) -> Vec<u8> {
    let (width, height) = (
        (texture.width() >> mip).max(1),
        (texture.height() >> mip).max(1),
    );
    let pitch = (4 * width).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: u64::from(pitch * height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(
        wgpu::TexelCopyTextureInfo {
            mip_level: mip,
            ..texture.as_image_copy()
        },
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(pitch),
                rows_per_image: None,
            },
        },
        wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        },
    );
    gpu.queue().submit([encoder.finish()]);
    buffer.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
    gpu.device()
        .poll(wgpu::PollType::wait_indefinitely())
        .unwrap();
    let mapped = buffer.get_mapped_range(..).unwrap();
    let rows = mapped.chunks_exact(pitch as usize);
    rows.flat_map(|row| row[..4 * width as usize].to_vec())
        .collect()
}

pub fn assert_similar(case: &str, found: &[u8], expected: &[u8]) {
    assert_eq!(found.len(), expected.len(), "{case}");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let near = found.abs_diff(*expected) <= TOLERANCE;
        assert!(near, "{case}: byte {place}: {found}, not {expected}");
    }
}

/// A picture with contrast: the comparison would not notice much in an even one.
pub fn assert_varied(case: &str, picture: &[u8]) {
    let (pixels, _) = picture.as_chunks::<4>();
    let reds = pixels
        .iter()
        .filter(|pixel| pixel[3] == 255)
        .map(|pixel| pixel[0]);
    let (low, high) = (reds.clone().min().unwrap(), reds.max().unwrap());
    assert!(high - low > 100, "{case}: {low} to {high}");
}

pub fn frame(gpu: &Gpu, record: impl FnOnce(&mut wgpu::CommandEncoder)) {
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    record(&mut encoder);
    gpu.queue().submit([encoder.finish()]);
}

pub fn opened(name: &str, input: Shape) -> Graph {
    let graph = zoo::find(name).unwrap().graph_for(input).unwrap();
    optimize(&with_features(&graph).unwrap(), &PassSet::all()).unwrap()
}
