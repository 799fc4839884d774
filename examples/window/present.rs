//! The last step of a frame: the picture goes to the window, with the heat map over it.

use menagerie::wgpu;

use crate::graphics::Graphics;

/// How much of the picture a heat map may cover.
const OPACITY: f32 = 0.75;

/// Draws a picture and a heat map over it.
pub struct Presenter {
    pipeline: wgpu::RenderPipeline,
    uniforms: wgpu::Buffer,
    sampler: wgpu::Sampler,
    /// In place of a heat map where there is none.
    cold: wgpu::Texture,
}

/// A heat map: 0 to 1, in red.
pub struct HeatMap<'a> {
    pub texture: &'a wgpu::Texture,
    /// What of the picture it is about: left, top, width, height in fractions of the picture.
    pub place: [f32; 4],
}

impl Presenter {
    /// For drawing on what has this format.
    pub fn new(graphics: &Graphics, format: wgpu::TextureFormat) -> Self {
        let shader = include_str!("shaders/present.wgsl");
        Self {
            pipeline: graphics.pipeline("present", shader, format, None),
            uniforms: graphics.uniforms(size_of::<[f32; 8]>()),
            sampler: graphics.sampler(),
            cold: graphics.texture(wgpu::TextureFormat::R8Unorm, [1, 1], &[0]),
        }
    }

    /// Draws `picture` on what `pass` draws on, which is as large.
    pub fn draw(
        &self,
        graphics: &Graphics,
        pass: &mut wgpu::RenderPass<'_>,
        picture: &wgpu::Texture,
        heat: Option<HeatMap<'_>>,
    ) {
        let (texture, place, opacity) = match heat {
            Some(heat) => (heat.texture, heat.place, OPACITY),
            None => (&self.cold, [0.0, 0.0, 1.0, 1.0], 0.0),
        };
        let uniforms = [place, [opacity, 0.0, 0.0, 0.0]];
        let bytes = bytemuck::bytes_of(&uniforms);
        graphics.queue.write_buffer(&self.uniforms, 0, bytes);
        let bindings = graphics.bind(
            &self.pipeline,
            &[
                wgpu::BindingResource::TextureView(&picture.create_view(&Default::default())),
                wgpu::BindingResource::TextureView(&texture.create_view(&Default::default())),
                wgpu::BindingResource::Sampler(&self.sampler),
                self.uniforms.as_entire_binding(),
            ],
        );
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &bindings, &[]);
        pass.draw(0..3, 0..1);
    }
}
