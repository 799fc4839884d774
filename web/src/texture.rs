//! Textures of the page, as wgpu sees them.

use menagerie::gpu::Gpu;
use menagerie::wgpu;
use wasm_bindgen::prelude::*;

use crate::error::input;
use crate::object::{count, get};

/// A two-dimensional texture for images.
pub fn descriptor(size: wgpu::Extent3d) -> wgpu::TextureDescriptor<'static> {
    wgpu::TextureDescriptor {
        label: Some("image"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    }
}

/// The page's own texture.
pub fn wrapped(gpu: &Gpu, texture: JsValue) -> Result<wgpu::Texture, JsValue> {
    let side = |name| count(&texture, name).unwrap_or(1) as u32;
    let size = wgpu::Extent3d {
        width: side("width"),
        height: side("height"),
        depth_or_array_layers: side("depthOrArrayLayers"),
    };
    let format = get(&texture, "format").as_string().unwrap_or_default();
    let known = [
        wgpu::TextureFormat::Rgba8Unorm,
        wgpu::TextureFormat::Rgba8UnormSrgb,
        wgpu::TextureFormat::Bgra8Unorm,
        wgpu::TextureFormat::Bgra8UnormSrgb,
        wgpu::TextureFormat::Rgba16Float,
        wgpu::TextureFormat::Rgba32Float,
    ];
    let named = |known: &wgpu::TextureFormat| webgpu_name(*known) == format;
    let Some(format) = known.into_iter().find(named) else {
        return Err(input(format!(
            "a texture has one of the formats {}, found {format}",
            known.map(webgpu_name).join(", ")
        )));
    };
    let bits = count(&texture, "usage").unwrap_or_default() as u32;
    let usages = [
        (0x01, wgpu::TextureUsages::COPY_SRC),
        (0x02, wgpu::TextureUsages::COPY_DST),
        (0x04, wgpu::TextureUsages::TEXTURE_BINDING),
        (0x08, wgpu::TextureUsages::STORAGE_BINDING),
        (0x10, wgpu::TextureUsages::RENDER_ATTACHMENT),
    ];
    let usages = usages.into_iter().filter(|(bit, _)| bits & bit != 0);
    let descriptor = wgpu::TextureDescriptor {
        dimension: match get(&texture, "dimension").as_string().as_deref() {
            Some("1d") => wgpu::TextureDimension::D1,
            Some("3d") => wgpu::TextureDimension::D3,
            _ => wgpu::TextureDimension::D2,
        },
        format,
        usage: usages.map(|(_, usage)| usage).collect(),
        mip_level_count: side("mipLevelCount"),
        sample_count: side("sampleCount"),
        ..descriptor(size)
    };
    let device = gpu.device();
    // The page keeps its texture: wgpu only holds a reference to it.
    let release: wgpu::webgpu::DropCallback = Box::new(|| ());
    Ok(device.create_texture_from_webgpu_handle(
        texture.unchecked_into(),
        &descriptor,
        Some(release),
    ))
}

fn webgpu_name(format: wgpu::TextureFormat) -> &'static str {
    match format {
        wgpu::TextureFormat::Rgba8Unorm => "rgba8unorm",
        wgpu::TextureFormat::Rgba8UnormSrgb => "rgba8unorm-srgb",
        wgpu::TextureFormat::Bgra8Unorm => "bgra8unorm",
        wgpu::TextureFormat::Bgra8UnormSrgb => "bgra8unorm-srgb",
        wgpu::TextureFormat::Rgba16Float => "rgba16float",
        wgpu::TextureFormat::Rgba32Float => "rgba32float",
        _ => "",
    }
}
