//! Text and rectangles over the picture: one draw of many small quads.

use menagerie::wgpu;
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use crate::graphics::Graphics;

/// Sizes of letters that there are, in pixels from line to line.
const SIZES: [RasterHeight; 4] = [
    RasterHeight::Size16,
    RasterHeight::Size20,
    RasterHeight::Size24,
    RasterHeight::Size32,
];
const FIRST: char = ' ';
const LAST: char = '~';
/// Texels from letter to letter in the font's texture.
const CELL: usize = 32;
/// Letters in a row of the font's texture.
const COLUMNS: usize = 32;
/// Rows for each size.
const ROWS: usize = (LAST as usize - FIRST as usize + 1).div_ceil(COLUMNS);

/// Red, green, blue, opacity.
pub type Colour = [f32; 4];

/// A quad. The layout is the shader's.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Stroke {
    rectangle: [f32; 4],
    texels: [f32; 4],
    colour: Colour,
    corner: f32,
}

const ATTRIBUTES: [wgpu::VertexAttribute; 4] =
    wgpu::vertex_attr_array![0 => Float32x4, 1 => Float32x4, 2 => Float32x4, 3 => Float32];

/// Collects what is written in a frame, and draws it.
pub struct Ink {
    pipeline: wgpu::RenderPipeline,
    uniforms: wgpu::Buffer,
    bindings: wgpu::BindGroup,
    instances: wgpu::Buffer,
    strokes: Vec<Stroke>,
}

impl Ink {
    /// For drawing on what has this format.
    pub fn new(graphics: &Graphics, format: wgpu::TextureFormat) -> Self {
        let instances = wgpu::VertexBufferLayout {
            array_stride: size_of::<Stroke>() as u64,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &ATTRIBUTES,
        };
        let shader = include_str!("shaders/ink.wgsl");
        let pipeline = graphics.pipeline("ink", shader, format, Some(instances));
        let uniforms = graphics.uniforms(size_of::<[f32; 2]>());
        let font = font(graphics).create_view(&Default::default());
        let resources = [
            uniforms.as_entire_binding(),
            wgpu::BindingResource::TextureView(&font),
        ];
        let bindings = graphics.bind(&pipeline, &resources);
        Self {
            pipeline,
            uniforms,
            bindings,
            instances: room(graphics, 1024),
            strokes: Vec::new(),
        }
    }

    /// A rectangle: left, top, width, height in pixels, with round corners where `corner` is not 0.
    pub fn rectangle(&mut self, rectangle: [f32; 4], corner: f32, colour: Colour) {
        self.strokes.push(Stroke {
            rectangle,
            texels: [(CELL * COLUMNS) as f32 + 0.5, 0.5, 0.0, 0.0],
            colour,
            corner,
        });
    }

    /// A line of text from `at` on, its upper left corner, of letters `height` pixels high or the next lower
    /// size there is. What the font does not have becomes a question mark.
    pub fn text(&mut self, at: [f32; 2], height: f32, colour: Colour, text: &str) {
        let size = size(height);
        let letter = SIZES[size];
        let width = get_raster_width(FontWeight::Regular, letter);
        for (place, character) in text.chars().enumerate() {
            let known = (FIRST..=LAST).contains(&character);
            let index = if known { character } else { '?' } as usize - FIRST as usize;
            let row = size * ROWS + index / COLUMNS;
            let texels = [index % COLUMNS * CELL, row * CELL, width, letter.val()];
            let left = at[0].round() + (place * width) as f32;
            self.strokes.push(Stroke {
                rectangle: [left, at[1].round(), width as f32, letter.val() as f32],
                texels: texels.map(|length| length as f32),
                colour,
                corner: 0.0,
            });
        }
    }

    /// Width of a letter of this height, in pixels.
    pub fn letter_width(height: f32) -> f32 {
        get_raster_width(FontWeight::Regular, SIZES[size(height)]) as f32
    }

    /// Brings what was collected to the device.
    pub fn upload(&mut self, graphics: &Graphics, size: [u32; 2]) {
        let bytes: &[u8] = bytemuck::cast_slice(&self.strokes);
        if bytes.len() as u64 > self.instances.size() {
            self.instances = room(graphics, self.strokes.len().next_power_of_two());
        }
        graphics.queue.write_buffer(&self.instances, 0, bytes);
        let size = size.map(|side| side as f32);
        let bytes = bytemuck::bytes_of(&size);
        graphics.queue.write_buffer(&self.uniforms, 0, bytes);
    }

    /// Draws it, and begins anew.
    pub fn draw(&mut self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bindings, &[]);
        pass.set_vertex_buffer(0, self.instances.slice(..));
        pass.draw(0..4, 0..self.strokes.len() as u32);
        self.strokes.clear();
    }
}

/// Index of the largest size that is not above `height`.
fn size(height: f32) -> usize {
    let larger = SIZES.partition_point(|size| size.val() as f32 <= height);
    larger.saturating_sub(1)
}

fn room(graphics: &Graphics, strokes: usize) -> wgpu::Buffer {
    graphics.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("ink"),
        size: (strokes * size_of::<Stroke>()) as u64,
        usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

/// All letters in all sizes, and one column more whose texels are white.
fn font(graphics: &Graphics) -> wgpu::Texture {
    let (width, height) = (CELL * COLUMNS + 1, SIZES.len() * ROWS * CELL);
    let mut texels = vec![0; width * height];
    for (size, &letter) in SIZES.iter().enumerate() {
        for (index, character) in (FIRST..=LAST).enumerate() {
            let row = size * ROWS + index / COLUMNS;
            let corner = row * CELL * width + index % COLUMNS * CELL;
            let Some(raster) = get_raster(character, FontWeight::Regular, letter) else {
                continue;
            };
            for (y, line) in raster.rows().enumerate() {
                texels[corner + y * width..][..line.len()].copy_from_slice(line);
            }
        }
    }
    for row in texels.chunks_mut(width) {
        row[width - 1] = u8::MAX;
    }
    let size = [width as u32, height as u32];
    graphics.texture(wgpu::TextureFormat::R8Unorm, size, &texels)
}
