//! What a network looks at: a texture of the device, or pixels in memory.

use js_sys::Uint8Array;
use menagerie::frame::TextureSource;
use menagerie::gpu::Gpu;
use menagerie::{Photo, wgpu};
use wasm_bindgen::prelude::*;

use crate::error::{input, thrown};
use crate::object::{count, get};
use crate::texture::wrapped;

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
        wrapped(gpu, get(value, "texture")).map(Picture::Texture)
    }

    /// The picture of a task.
    pub fn of_task(&self) -> menagerie::tasks::Picture<'_> {
        match self {
            Picture::Texture(texture) => TextureSource::new(texture).into(),
            Picture::Photo(photo) => photo.into(),
        }
    }
}
