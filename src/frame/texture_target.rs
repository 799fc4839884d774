//! Where in an application's texture a map is painted, and how.

use crate::error::{Error, ErrorKind, Result};
use crate::maps::Style;
use crate::preprocess::CropRect;

/// The format that maps are painted in: the one with four channels of 8 bits that every WebGPU device writes.
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// A texture of the application that gets a map, as large as the application likes: a picture in sRGB, opaque
/// where the network looked and transparent black elsewhere.
#[derive(Clone, Debug)]
pub struct TextureTarget<'a> {
    /// Two-dimensional, not multisampled, of the format [`wgpu::TextureFormat::Rgba8Unorm`], with
    /// [`wgpu::TextureUsages::STORAGE_BINDING`]. To be drawn as colours, it can have a view of
    /// `Rgba8UnormSrgb`.
    pub texture: &'a wgpu::Texture,
    /// What is painted: the mip level and the array layer count. By default the first ones.
    pub view: wgpu::TextureViewDescriptor<'a>,
    /// Where the network's input lies on the picture: [`Preprocess::crop_rect`] of what the input was taken from.
    /// By default it is all of it.
    ///
    /// [`Preprocess::crop_rect`]: crate::preprocess::Preprocess::crop_rect
    pub crop_rect: CropRect,
    /// How it is painted.
    pub style: Style,
    /// Number of the image in the session's batch.
    pub image: usize,
}

/// A target that can be written.
pub struct OpenTarget {
    pub view: wgpu::TextureView,
    pub width: usize,
    pub height: usize,
}

impl<'a> TextureTarget<'a> {
    /// All of `texture`, for the first image of a batch, in [`Style::heat`].
    pub fn new(texture: &'a wgpu::Texture) -> Self {
        Self {
            texture,
            view: wgpu::TextureViewDescriptor::default(),
            crop_rect: CropRect::WHOLE,
            style: Style::heat(),
            image: 0,
        }
    }

    /// The target for an image of a batch of so many.
    pub(super) fn open(&self, batch: usize) -> Result<OpenTarget> {
        if self.image >= batch {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "a batch of {batch} has no image number {}, they count from 0",
                    self.image
                ),
            ));
        }
        self.check_texture()?;
        let side = |length: u32| {
            let side = length.checked_shr(self.view.base_mip_level);
            side.unwrap_or(0).max(1) as usize
        };
        Ok(OpenTarget {
            width: side(self.texture.width()),
            height: side(self.texture.height()),
            view: self.texture.create_view(&wgpu::TextureViewDescriptor {
                dimension: Some(wgpu::TextureViewDimension::D2),
                mip_level_count: Some(1),
                array_layer_count: Some(1),
                ..self.view.clone()
            }),
        })
    }

    fn check_texture(&self) -> Result<()> {
        let refused = |expected: &str, found: String| {
            Err(Error::new(
                ErrorKind::Input,
                format!("a map is painted into textures {expected}, found {found}"),
            ))
        };
        let texture = self.texture;
        let usage = texture.usage();
        if !usage.contains(wgpu::TextureUsages::STORAGE_BINDING) {
            return refused("of the usage STORAGE_BINDING", format!("{usage:?}"));
        }
        if texture.dimension() != wgpu::TextureDimension::D2 || texture.sample_count() != 1 {
            return refused(
                "of two dimensions and one sample a pixel",
                format!("{:?} with {}", texture.dimension(), texture.sample_count()),
            );
        }
        let format = self.view.format.unwrap_or(texture.format());
        if format != FORMAT {
            return refused(&format!("of the format {FORMAT:?}"), format!("{format:?}"));
        }
        Ok(())
    }
}
