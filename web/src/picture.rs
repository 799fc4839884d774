//! What a network looks at: a texture of the device, or pixels in memory.

use js_sys::Uint8Array;
use menagerie::frame::TextureSource;
use menagerie::gpu::Gpu;
use menagerie::{Photo, wgpu};
use wasm_bindgen::prelude::*;

use crate::error::{input, thrown};
use crate::object::{count, get};

/// An image, read from `{ width, height, texture }` or `{ width, height, pixels }`.
pub enum Picture {
    /// A texture of the device.
    Texture(wgpu::Texture),
    /// Pixels in memory, for the reference executor.
    Photo(Photo),
}

impl Picture {
    /// Reads `value`: a texture for a `gpu`, pixels for the reference executor.
    pub fn read(value: &JsValue, gpu: Option<&Gpu>) -> Result<Self, JsValue> {
        let (Some(width), Some(height)) = (count(value, "width"), count(value, "height")) else {
            return Err(input("an image has a width and a height"));
        };
        if let Ok(pixels) = get(value, "pixels").dyn_into::<Uint8Array>() {
            let bytes = pixels.to_vec();
            let (pixels, _) = bytes.as_chunks::<4>();
            let rgb: Vec<u8> = pixels
                .iter()
                .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
                .collect();
            let photo = Photo::new(width, height, rgb).map_err(|error| thrown(&error))?;
            return Ok(Picture::Photo(photo));
        }
        let Some(gpu) = gpu else {
            return Err(input(
                "without a GPU, a network takes pixels, found another image",
            ));
        };
        let size = wgpu::Extent3d {
            width: width as u32,
            height: height as u32,
            depth_or_array_layers: 1,
        };
        wrapped(gpu, get(value, "texture"), size).map(Picture::Texture)
    }

    /// The picture of a task.
    pub fn of_task(&self) -> menagerie::tasks::Picture<'_> {
        match self {
            Picture::Texture(texture) => TextureSource::new(texture).into(),
            Picture::Photo(photo) => photo.into(),
        }
    }
}

/// A blank picture of this width and height, which goes through the same kernels as any other.
pub fn blank(gpu: &Gpu, [width, height]: [usize; 2]) -> Picture {
    let size = wgpu::Extent3d {
        width: width as u32,
        height: height as u32,
        depth_or_array_layers: 1,
    };
    Picture::Texture(gpu.device().create_texture(&descriptor(size)))
}

fn descriptor(size: wgpu::Extent3d) -> wgpu::TextureDescriptor<'static> {
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
fn wrapped(gpu: &Gpu, texture: JsValue, size: wgpu::Extent3d) -> Result<wgpu::Texture, JsValue> {
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
        format,
        usage: usages.map(|(_, usage)| usage).collect(),
        mip_level_count: count(&texture, "mipLevelCount").unwrap_or(1) as u32,
        sample_count: count(&texture, "sampleCount").unwrap_or(1) as u32,
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
