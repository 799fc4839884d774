//! Which pixels of an application's texture a network looks at, and what their numbers mean.

use crate::error::{Error, ErrorKind, Result};

/// A texture of the application, or a part of it, as a network's input. Of the colours, alpha is left out of
/// account.
#[derive(Clone, Debug)]
pub struct TextureSource<'a> {
    /// Two-dimensional, not multisampled, with at least three channels that shaders read as floats, and
    /// [`wgpu::TextureUsages::TEXTURE_BINDING`].
    pub texture: &'a wgpu::Texture,
    /// What is looked at: the format, the mip level and the array layer count. By default the texture's own
    /// format, the first level, the first layer.
    pub view: wgpu::TextureViewDescriptor<'a>,
    /// The part of that level that the network gets to see, as if it were all; by default all.
    pub region: Option<Region>,
    /// What the numbers mean that a shader reads; by default [`Transfer::of`] the view's format.
    pub transfer: Option<Transfer>,
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First column.
    pub x: u32,
    /// First row; rows count from the top.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// What the numbers mean that a shader reads from a texture. Networks are trained on sRGB, which photos are
/// stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// sRGB, as it is stored: the bytes of a decoded photo.
    Srgb,
    /// Light: zero to one becomes sRGB before anything else is done, the rest is clamped.
    Linear,
}

impl Transfer {
    /// What `format` most likely holds: what a shader reads is light where the format decodes sRGB, and
    /// where it stores floats; other formats hold sRGB as it is.
    pub fn of(format: wgpu::TextureFormat) -> Self {
        use wgpu::TextureFormat as Format;
        let floats = matches!(
            format,
            Format::Rgba16Float
                | Format::Rgba32Float
                | Format::Rg11b10Ufloat
                | Format::Rgb9e5Ufloat
        );
        match floats || format.is_srgb() {
            true => Transfer::Linear,
            false => Transfer::Srgb,
        }
    }
}

/// A source with everything decided.
pub struct OpenSource {
    pub view: wgpu::TextureView,
    pub region: Region,
    pub transfer: Transfer,
}

impl<'a> TextureSource<'a> {
    /// All of `texture`.
    pub fn new(texture: &'a wgpu::Texture) -> Self {
        Self {
            texture,
            view: wgpu::TextureViewDescriptor::default(),
            region: None,
            transfer: None,
        }
    }

    pub(super) fn open(&self) -> Result<OpenSource> {
        let format = self.view.format.unwrap_or(self.texture.format());
        self.check_texture(format)?;
        let side = |length: u32| {
            length
                .checked_shr(self.view.base_mip_level)
                .unwrap_or(0)
                .max(1)
        };
        let (width, height) = (side(self.texture.width()), side(self.texture.height()));
        let region = self.region.unwrap_or(Region {
            x: 0,
            y: 0,
            width,
            height,
        });
        let within = |first: u32, count: u32, length: u32| {
            count > 0 && first.checked_add(count).is_some_and(|end| end <= length)
        };
        if !within(region.x, region.width, width) || !within(region.y, region.height, height) {
            return Err(Error::new(
                ErrorKind::Input,
                format!("a texture of {width}x{height} pixels has no {region}"),
            ));
        }
        Ok(OpenSource {
            view: self.texture.create_view(&wgpu::TextureViewDescriptor {
                dimension: Some(wgpu::TextureViewDimension::D2),
                mip_level_count: Some(1),
                array_layer_count: Some(1),
                ..self.view.clone()
            }),
            region,
            transfer: self.transfer.unwrap_or(Transfer::of(format)),
        })
    }

    fn check_texture(&self, format: wgpu::TextureFormat) -> Result<()> {
        let refused = |expected: &str, found: String| {
            Err(Error::new(
                ErrorKind::Input,
                format!("a network reads textures {expected}, found {found}"),
            ))
        };
        let texture = self.texture;
        let usage = texture.usage();
        if !usage.contains(wgpu::TextureUsages::TEXTURE_BINDING) {
            return refused("of the usage TEXTURE_BINDING", format!("{usage:?}"));
        }
        if texture.dimension() != wgpu::TextureDimension::D2 || texture.sample_count() != 1 {
            return refused(
                "of two dimensions and one sample a pixel",
                format!("{:?} with {}", texture.dimension(), texture.sample_count()),
            );
        }
        let sampled = format.sample_type(None, None);
        match sampled {
            Some(wgpu::TextureSampleType::Float { .. }) if format.components() >= 3 => Ok(()),
            _ => refused(
                "of at least three channels of floats",
                format!("{format:?}"),
            ),
        }
    }
}

impl std::fmt::Display for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            x,
            y,
            width,
            height,
        } = self;
        write!(f, "{width}x{height} pixels from ({x}, {y}) on")
    }
}
