//! The animated scene: a mountain lake, and the sample photos that drift across it.

use std::path::Path;

use menagerie::frame::Region;
use menagerie::{Result, wgpu};

use crate::graphics::{FORMAT, Graphics};
use crate::photo::{Frames, Photo, Placement, decode};
use crate::show::Show;

/// Seconds from one photo to the next.
const PERIOD: f32 = 10.0;

/// What drifts across the lake. They are in a checkout only; without them the lake is alone.
const SAMPLES: [&str; 2] = ["cat.png", "coffee.png"];

/// The lake at a moment.
pub struct Lake {
    seconds: f32,
    pipeline: wgpu::RenderPipeline,
    uniforms: wgpu::Buffer,
    bindings: wgpu::BindGroup,
    frames: Frames,
    photos: Vec<Photo>,
}

impl Lake {
    pub fn new(graphics: &Graphics) -> Self {
        let shader = include_str!("shaders/lake.wgsl");
        let pipeline = graphics.pipeline("lake", shader, FORMAT, None);
        let uniforms = graphics.uniforms(size_of::<[f32; 6]>());
        let bindings = graphics.bind(&pipeline, &[uniforms.as_entire_binding()]);
        let frames = Frames::new(graphics);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        let samples = SAMPLES
            .iter()
            .filter_map(|name| decode(&folder.join(name)).ok());
        let photos = samples
            .map(|image| frames.photo(graphics, &image))
            .collect();
        Self {
            seconds: 0.0,
            pipeline,
            uniforms,
            bindings,
            frames,
            photos,
        }
    }

    /// The photo of this moment, and how far it is on its way: -1 to 1.
    fn passing(&self) -> Option<(&Photo, f32)> {
        let periods = self.seconds / PERIOD;
        let index = (periods as usize).checked_rem(self.photos.len())?;
        Some((&self.photos[index], 2.0 * periods.fract() - 1.0))
    }
}

impl Show for Lake {
    fn advance(&mut self, _: &Graphics, seconds: f32) -> Result<()> {
        self.seconds += seconds;
        Ok(())
    }

    fn turn(&mut self, by: isize) {
        // To the middle of a period, where a photo is in the middle of the picture.
        let period = (self.seconds / PERIOD).floor() + by as f32;
        let all = self.photos.len() as f32;
        self.seconds = (if period < 0.0 { all - 1.0 } else { period }.max(0.0) + 0.5) * PERIOD;
    }

    fn draw(&self, graphics: &Graphics, pass: &mut wgpu::RenderPass<'_>, size: [u32; 2]) {
        let target_size @ [width, height] = size.map(|side| side as f32);
        let noon = (self.seconds * 0.12).cos();
        let rise = ((noon + 0.9) / 1.5).clamp(0.0, 1.0);
        let daylight = rise * rise * (3.0 - 2.0 * rise);
        let sun = [0.62 * width / height, 0.58 - 0.16 * noon];
        let uniforms = [target_size, sun, [self.seconds, daylight]];
        let bytes = bytemuck::bytes_of(&uniforms);
        graphics.queue.write_buffer(&self.uniforms, 0, bytes);
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bindings, &[]);
        pass.draw(0..3, 0..1);

        let Some((photo, way)) = self.passing() else {
            return;
        };
        // Slow in the middle; out of sight at both ends.
        let across = 0.5 - 0.5 * way - 0.9 * way.powi(3);
        let bob = 0.015 * (self.seconds * 0.9).sin();
        let [photo_width, photo_height] = photo.fitted([0.9 * width, 0.57 * height]);
        let placement = Placement {
            target_size,
            centre: [across * width, (0.48 + bob) * height],
            half_size: [photo_width / 2.0, photo_height / 2.0],
            border: 0.014 * height,
            angle: 0.04 * (self.seconds * 0.7).sin(),
            opacity: 1.0,
            padding: [0.0; 3],
        };
        self.frames.draw(graphics, pass, photo, &placement);
    }

    fn looked_at(&self, _: [u32; 2]) -> Option<Region> {
        None
    }

    fn number(&self) -> usize {
        0
    }

    fn title(&self) -> String {
        "a mountain lake".to_owned()
    }
}
