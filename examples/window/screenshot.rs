//! Frames without a window, and a picture of the last one.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use image::RgbaImage;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use menagerie::{Error, ErrorKind, Result, atomic_write, wgpu};

use crate::application::Application;
use crate::arguments::Arguments;
use crate::choice::Choice;
use crate::graphics::{FORMAT, Graphics};

/// What the show goes on by in each frame.
const STEP: Duration = Duration::from_nanos(1_000_000_000 / 60);

/// Draws as many frames as the arguments ask for, and writes the last one to `path`.
///
/// # Errors
/// Where there is no device, it fails, or the file cannot be written.
pub fn take(choice: Choice, arguments: &Arguments, path: &Path) -> Result<()> {
    let (_, frame) = draw(choice, arguments)?;
    let mut png = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive);
    image::DynamicImage::ImageRgba8(frame)
        .into_rgb8()
        .write_with_encoder(encoder)
        .map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?;
    atomic_write::write(path, &png)
}

/// The application after its last frame, and that frame.
pub fn draw(choice: Choice, arguments: &Arguments) -> Result<(Application, RgbaImage)> {
    let instance =
        wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle().with_env());
    let graphics = Graphics::open(&instance, None)?;
    let canvas = graphics.canvas("screenshot", arguments.size.0);
    let mut application = Application::new(graphics, FORMAT, choice, arguments)?;
    application.wait_for_network()?;
    for _ in 0..arguments.frames {
        let begun = Instant::now();
        application.frame(&canvas, 1.0, Some(STEP))?;
        wait(&application.graphics)?;
        // A window would wait for its screen.
        thread::sleep(STEP.saturating_sub(begun.elapsed()));
    }
    let frame = read(&application.graphics, &canvas)?;
    Ok((application, frame))
}

fn wait(graphics: &Graphics) -> Result<()> {
    let waited = graphics.device.poll(wgpu::PollType::wait_indefinitely());
    waited.map_err(|error| Error::new(ErrorKind::Device, error.to_string()))?;
    graphics.check()
}

fn read(graphics: &Graphics, canvas: &wgpu::Texture) -> Result<RgbaImage> {
    let (width, height) = (canvas.width(), canvas.height());
    let pitch = (4 * width).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = graphics.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("screenshot"),
        size: u64::from(pitch) * u64::from(height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let descriptor = wgpu::CommandEncoderDescriptor::default();
    let mut encoder = graphics.device.create_command_encoder(&descriptor);
    let destination = wgpu::TexelCopyBufferInfo {
        buffer: &buffer,
        layout: wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(pitch),
            rows_per_image: None,
        },
    };
    encoder.copy_texture_to_buffer(canvas.as_image_copy(), destination, canvas.size());
    graphics.queue.submit([encoder.finish()]);
    buffer.map_async(wgpu::MapMode::Read, .., |_| {});
    wait(graphics)?;
    let mapped = buffer
        .get_mapped_range(..)
        .map_err(|error| Error::new(ErrorKind::Device, error.to_string()))?;
    let rows = mapped.chunks_exact(pitch as usize);
    let texels = rows
        .flat_map(|row| &row[..4 * width as usize])
        .copied()
        .collect();
    RgbaImage::from_raw(width, height, texels)
        .ok_or_else(|| Error::new(ErrorKind::Device, "the screenshot is too short"))
}
