//! An application's texture as a source of input: the region that is read, and the meaning of its values.

use crate::error::{Error, ErrorKind, Result};

/// A texture of the application, or a part of it, as a network's input. Alpha is ignored.
#[derive(Clone, Debug)]
pub struct TextureSource<'a> {
    /// The texture. It must be two-dimensional and not multisampled, and have at least three channels that shaders read as
    /// floats, and the usage [`wgpu::TextureUsages::TEXTURE_BINDING`].
    pub texture: &'a wgpu::Texture,
    /// The view that is read. Its format, mip level and array layer are used. By default it has the texture's own format,
    /// the first level and the first layer.
    pub view: wgpu::TextureViewDescriptor<'a>,
    /// The part of that level that is preprocessed as the whole photo; by default the whole level.
    pub region: Option<Region>,
    /// The meaning of the values that a shader reads; by default [`Transfer::of`] the view's format.
    pub transfer: Option<Transfer>,
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First column.
    pub x: u32,
    /// First row, counted from the top.
    pub y: u32,
    /// Number of columns.
    pub width: u32,
    /// Number of rows.
    pub height: u32,
}

/// The meaning of the values that a shader reads from a texture. Networks are trained on sRGB, in which photos are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transfer {
    /// Encoded sRGB, as the bytes of a decoded photo.
    Srgb,
    /// Linear light. Values are clamped to 0 to 1 and converted to sRGB first.
    Linear,
}

impl Transfer {
    /// The usual meaning of `format`: linear light if the format decodes sRGB or stores floats, and otherwise encoded
    /// sRGB.
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

/// A source that is checked, with all defaults filled in.
pub struct OpenSource {
    pub view: wgpu::TextureView,
    pub region: Region,
    pub transfer: Transfer,
}

impl<'a> TextureSource<'a> {
    /// The whole of `texture`.
    pub fn new(texture: &'a wgpu::Texture) -> Self {
        Self {
            texture,
            view: wgpu::TextureViewDescriptor::default(),
            region: None,
            transfer: None,
        }
    }

    /// The part of the texture that is read.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the texture has no such region.
    pub(crate) fn extent(&self) -> Result<Region> {
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
        Ok(region)
    }

    pub(super) fn open(&self) -> Result<OpenSource> {
        let format = self.view.format.unwrap_or(self.texture.format());
        self.check_texture(format)?;
        let region = self.extent()?;
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
