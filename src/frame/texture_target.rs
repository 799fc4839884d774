//! An application's texture as the target of a painted map.

use crate::error::{Error, ErrorKind, Result};
use crate::maps::Style;
use crate::preprocess::CropRect;

/// The format of a target. Every WebGPU device can write it from shaders.
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// A texture of the application into which a map is painted, of any size. The picture is in sRGB. It is opaque inside
/// `crop_rect` and transparent black outside.
#[derive(Clone, Debug)]
pub struct TextureTarget<'a> {
    /// The texture. It must be two-dimensional and not multisampled, and have the format
    /// [`wgpu::TextureFormat::Rgba8Unorm`] and the usage [`wgpu::TextureUsages::STORAGE_BINDING`]. To draw it as colours,
    /// use a view of the format `Rgba8UnormSrgb`. On GL, which has no views of another format, the application's shader
    /// decodes sRGB.
    pub texture: &'a wgpu::Texture,
    /// The view that is painted. Its mip level and array layer are used; by default the first ones.
    pub view: wgpu::TextureViewDescriptor<'a>,
    /// The rectangle of the picture that the network's input covers: [`Preprocess::crop_rect`] of the input's source. By
    /// default it is the whole picture.
    ///
    /// [`Preprocess::crop_rect`]: crate::preprocess::Preprocess::crop_rect
    pub crop_rect: CropRect,
    /// The style of the picture.
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
    /// The whole of `texture`, for the first image of a batch, in [`Style::heat`].
    pub fn new(texture: &'a wgpu::Texture) -> Self {
        Self {
            texture,
            view: wgpu::TextureViewDescriptor::default(),
            crop_rect: CropRect::WHOLE,
            style: Style::heat(),
            image: 0,
        }
    }

    /// Checks the target for a batch of `batch` images.
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
