//! Photos as textures, and how they are drawn.

use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageReader, RgbaImage, imageops};
use menagerie::{Error, ErrorKind, Result, wgpu};

use crate::graphics::{FORMAT, Graphics};

/// Longest side of a photo on the device: larger ones are shrunk, since that is more than a window shows.
const LONGEST_SIDE: u32 = 1600;

/// The pixels of the image file at `path`, turned as its EXIF data says.
pub fn decode(path: &Path) -> Result<RgbaImage> {
    let failed = |error: &dyn std::fmt::Display| {
        let message = format!("{}: cannot be decoded: {error}", path.display());
        Error::new(ErrorKind::Input, message)
    };
    let mut decoder = ImageReader::open(path)
        .and_then(ImageReader::with_guessed_format)
        .map_err(|error| failed(&error))?
        .into_decoder()
        .map_err(|error| failed(&error))?;
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| failed(&error))?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    if image.width().max(image.height()) > LONGEST_SIDE {
        image = image.resize(LONGEST_SIDE, LONGEST_SIDE, imageops::FilterType::Triangle);
    }
    Ok(image.into_rgba8())
}

/// Draws photos.
pub struct Frames {
    pipeline: wgpu::RenderPipeline,
    sampler: wgpu::Sampler,
}

/// A photo on the device.
pub struct Photo {
    size: [u32; 2],
    placement: wgpu::Buffer,
    bindings: wgpu::BindGroup,
}

/// Where a photo lies, in pixels of what it is drawn on. The layout is the shader's.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Placement {
    pub target_size: [f32; 2],
    pub centre: [f32; 2],
    pub half_size: [f32; 2],
    pub border: f32,
    pub angle: f32,
    pub opacity: f32,
    pub padding: [f32; 3],
}

impl Frames {
    pub fn new(graphics: &Graphics) -> Self {
        let shader = include_str!("shaders/photo.wgsl");
        Self {
            pipeline: graphics.pipeline("photo", shader, FORMAT, None),
            sampler: graphics.sampler(),
        }
    }

    /// Brings a photo to the device.
    pub fn photo(&self, graphics: &Graphics, image: &RgbaImage) -> Photo {
        let size = [image.width(), image.height()];
        let texture = graphics.texture(FORMAT, size, image.as_raw());
        let view = texture.create_view(&Default::default());
        let placement = graphics.uniforms(size_of::<Placement>());
        let resources = [
            placement.as_entire_binding(),
            wgpu::BindingResource::TextureView(&view),
            wgpu::BindingResource::Sampler(&self.sampler),
        ];
        let bindings = graphics.bind(&self.pipeline, &resources);
        Photo {
            size,
            placement,
            bindings,
        }
    }

    /// Draws `photo`, at most once a frame.
    pub fn draw(
        &self,
        graphics: &Graphics,
        pass: &mut wgpu::RenderPass<'_>,
        photo: &Photo,
        placement: &Placement,
    ) {
        let bytes = bytemuck::bytes_of(placement);
        graphics.queue.write_buffer(&photo.placement, 0, bytes);
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &photo.bindings, &[]);
        pass.draw(0..4, 0..1);
    }
}

impl Photo {
    /// The largest width and height with the photo's proportions within a box.
    pub fn fitted(&self, [width, height]: [f32; 2]) -> [f32; 2] {
        let [own_width, own_height] = self.size.map(|side| side as f32);
        let scale = (width / own_width).min(height / own_height);
        [own_width * scale, own_height * scale]
    }
}
