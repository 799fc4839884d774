//! A network in somebody else's frame: an application with a device and textures of its own asks once a frame
//! what a texture shows, without waiting for it, and gets the picture of where it is seen in another texture.
//!
//! `cargo run --release --example texture` draws a sunset into a texture and prints what it looks like;
//! `cargo run --release --example texture -- samples/cat.png heat.png` takes a PNG file instead, and writes
//! it with the heat map of the most probable class laid over it.

use image::{Rgb, RgbImage};
use menagerie::frame::{Answers, ClassMapOutput, TextureInput, TextureSource, TextureTarget};
use menagerie::gpu::Gpu;
use menagerie::maps::{ClassMaps, with_features};
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::{Error, ErrorKind, wgpu, zoo};

fn main() -> menagerie::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let picture = match arguments.next() {
        Some(path) => image::open(path).map_err(file_error)?.into_rgb8(),
        None => sunset(),
    };

    // What the application has anyway, and a texture for the heat map, as large as it likes.
    let (adapter, device, queue) = application()?;
    let texture = picture_texture(&device, &queue, &picture);
    let heat = heat_texture(&device, picture.dimensions());

    // Once, before the first frame.
    let model = zoo::find("mobilenet_v2")?;
    let checkpoint = model.checkpoint()?;
    let (weights, preprocess) = (checkpoint.weights(), checkpoint.preprocess());
    let graph = with_features(&checkpoint.graph(model.input)?)?;
    let graph = optimize(&graph, &PassSet::all())?;
    let gpu = Gpu::from_device(&adapter.get_info(), device.clone(), queue.clone());
    let session = Session::new(&gpu, &graph, weights, &SessionOptions::default())?;
    let source = TextureSource::new(&texture);
    let input = TextureInput::new(&session, &source, &preprocess, 0)?;
    let mut answers = Answers::new(&session, 3)?;
    let [width, height] = [texture.width(), texture.height()].map(|side| side as usize);
    let target = TextureTarget {
        crop_rect: preprocess.crop_rect(height, width)?,
        ..TextureTarget::new(&heat)
    };
    let class_map = ClassMapOutput::new(&session, &ClassMaps::new(&graph, weights)?, &target)?;

    let labels = checkpoint.labels();

    // Every frame, between the application's own passes.
    loop {
        let mut frame = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        input.record(&mut frame);
        session.record(&mut frame);
        answers.record(&mut frame);
        class_map.record(&mut frame);
        queue.submit([frame.finish()]);
        pace(&device)?;

        if let Some(answer) = answers.latest()? {
            for class in answer.top_k(0, 3) {
                let label = labels.label(class.index);
                println!("{:5.1}% {label}", 100.0 * class.probability);
            }
            break;
        }
    }

    // An application would draw the texture; here it goes into a file.
    if let Some(path) = arguments.next() {
        let overlay = laid_over(picture, &texels(&device, &queue, &heat)?);
        overlay.save(path).map_err(file_error)?;
    }
    Ok(())
}

fn application() -> menagerie::Result<(wgpu::Adapter, wgpu::Device, wgpu::Queue)> {
    let failed = |error: String| Error::new(ErrorKind::Adapter, error);
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let options = wgpu::RequestAdapterOptions::default();
    let adapter = pollster::block_on(instance.request_adapter(&options))
        .map_err(|error| failed(error.to_string()))?;
    let (device, queue) =
        pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor::default()))
            .map_err(|error| failed(error.to_string()))?;
    Ok((adapter, device, queue))
}

/// A surface would pace the loop; there is none here.
fn pace(device: &wgpu::Device) -> menagerie::Result<()> {
    let waited = device.poll(wgpu::PollType::wait_indefinitely());
    waited.map_err(|error| Error::new(ErrorKind::Device, error.to_string()))?;
    Ok(())
}

/// A dark sea under a glowing sky with the sun in it.
fn sunset() -> RgbImage {
    RgbImage::from_fn(640, 360, |x, y| {
        let down = y as f32 / 360.0;
        let away = f32::hypot(x as f32 - 320.0, y as f32 - 190.0);
        let glow = (1.0 - away / 420.0).max(0.0);
        let colour = match (away < 28.0, down < 0.6) {
            (true, true) => [255.0, 240.0, 190.0],
            (_, true) => [120.0 + 135.0 * glow, 40.0 + 130.0 * glow, 60.0],
            (_, false) => [30.0 + 110.0 * glow, 20.0 + 50.0 * glow, 45.0],
        };
        Rgb(colour.map(|value: f32| value as u8))
    })
}

fn picture_texture(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    picture: &RgbImage,
) -> wgpu::Texture {
    let texels: Vec<u8> = picture
        .pixels()
        .flat_map(|&Rgb([red, green, blue])| [red, green, blue, 255])
        .collect();
    let size = extent(picture.dimensions());
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("picture"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8UnormSrgb,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(4 * size.width),
        rows_per_image: None,
    };
    queue.write_texture(texture.as_image_copy(), &texels, layout, size);
    texture
}

fn heat_texture(device: &wgpu::Device, size: (u32, u32)) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some("heat map"),
        size: extent(size),
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::STORAGE_BINDING | wgpu::TextureUsages::COPY_SRC,
        // To draw it like any other picture, name `Rgba8UnormSrgb` here, and use a view of this format. GL has none.
        view_formats: &[],
    })
}

fn extent((width, height): (u32, u32)) -> wgpu::Extent3d {
    wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    }
}

/// Four bytes for each pixel of `texture`.
fn texels(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    texture: &wgpu::Texture,
) -> menagerie::Result<Vec<u8>> {
    let row = 4 * texture.width();
    let pitch = row.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("texels"),
        size: u64::from(pitch) * u64::from(texture.height()),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(pitch),
        rows_per_image: None,
    };
    let mut copy = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    copy.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout,
        },
        texture.size(),
    );
    copy.map_buffer_on_submit(&buffer, wgpu::MapMode::Read, .., |_| {});
    queue.submit([copy.finish()]);
    pace(device)?;
    let mapped = buffer.get_mapped_range(..);
    let mapped = mapped.map_err(|error| Error::new(ErrorKind::Device, error.to_string()))?;
    let rows = mapped.chunks_exact(pitch as usize);
    Ok(rows
        .flat_map(|texels| &texels[..row as usize])
        .copied()
        .collect())
}

/// Half of `heat` and half of the picture, where the network looked.
fn laid_over(mut picture: RgbImage, heat: &[u8]) -> RgbImage {
    let (heat, _) = heat.as_chunks::<4>();
    for (pixel, &[red, green, blue, alpha]) in picture.pixels_mut().zip(heat) {
        if alpha > 0 {
            let mixed = pixel.0.into_iter().zip([red, green, blue]);
            for (channel, (picture, heat)) in mixed.enumerate() {
                pixel.0[channel] = picture.midpoint(heat);
            }
        }
    }
    picture
}

fn file_error(error: image::ImageError) -> Error {
    Error::new(ErrorKind::Io, error.to_string())
}
