//! Heat maps of what speaks for the most probable class.

use menagerie::frame::{ClassMapOutput, TextureTarget};
use menagerie::maps::{ClassMaps, Style};
use menagerie::session::Session;
use menagerie::{Result, wgpu};

use crate::present::HeatMap;

/// Paints them: grey, as large as the network's input.
pub struct HeatMaps {
    output: ClassMapOutput,
    texture: wgpu::Texture,
    /// Where on the picture the one in the texture belongs; none before the first one.
    painted: Option<[f32; 4]>,
}

impl HeatMaps {
    /// # Errors
    /// Where the device fails.
    pub fn new(session: &Session, maps: &ClassMaps) -> Result<Self> {
        let side = |length: usize| length as u32;
        let shape = session.input_shape();
        let texture = session
            .gpu()
            .device()
            .create_texture(&wgpu::TextureDescriptor {
                label: Some("heat map"),
                size: wgpu::Extent3d {
                    width: side(shape.width),
                    height: side(shape.height),
                    depth_or_array_layers: 1,
                },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: wgpu::TextureFormat::Rgba8Unorm,
                usage: wgpu::TextureUsages::STORAGE_BINDING | wgpu::TextureUsages::TEXTURE_BINDING,
                view_formats: &[],
            });
        let target = TextureTarget {
            style: Style::gray(),
            ..TextureTarget::new(&texture)
        };
        Ok(Self {
            output: ClassMapOutput::new(session, maps, &target)?,
            texture,
            painted: None,
        })
    }

    /// Records the painting of the run that the session has just ended, whose input came from `place`.
    pub fn record(&mut self, place: [f32; 4], encoder: &mut wgpu::CommandEncoder) {
        self.output.record(encoder);
        self.painted = Some(place);
    }

    /// Forgets what is painted.
    pub fn clear(&mut self) {
        self.painted = None;
    }

    /// What was painted last.
    pub fn latest(&self) -> Option<HeatMap<'_>> {
        Some(HeatMap {
            texture: &self.texture,
            place: self.painted?,
        })
    }
}
