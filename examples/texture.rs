//! A network in somebody else's frame: an application with a device and a texture of its own asks what the
//! texture shows, once a frame, without waiting for it.
//!
//! `cargo run --release --example texture` draws a sunset into a texture and prints what it looks like.

use menagerie::frame::{Answers, TextureInput, TextureSource};
use menagerie::gpu::Gpu;
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;
use menagerie::{Error, ErrorKind, wgpu, zoo};

/// The application's picture: width and height.
const SIZE: [u32; 2] = [640, 360];

fn main() -> menagerie::Result<()> {
    // What the application has anyway.
    let (adapter, device, queue) = application()?;
    let texture = sunset(&device, &queue);

    // Once, before the first frame.
    let model = zoo::find("mobilenet_v2")?;
    let graph = optimize(&model.graph()?, &PassSet::all())?;
    let weights = Weights::default_for(model)?;
    let gpu = Gpu::from_device(&adapter.get_info(), device.clone(), queue.clone());
    let session = Session::new(&gpu, &graph, &weights, &SessionOptions::default())?;
    let source = TextureSource::new(&texture);
    let input = TextureInput::new(&session, &source, &model.preprocess, 0)?;
    let mut answers = Answers::new(&session, 3)?;

    // Every frame, between the application's own passes.
    loop {
        let mut frame = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        input.record(&mut frame);
        session.record(&mut frame);
        answers.record(&mut frame);
        queue.submit([frame.finish()]);
        pace(&device)?;

        if let Some(answer) = answers.latest()? {
            for guess in answer.likeliest(0, 3) {
                let name = model.labels.names()[guess.index];
                println!("{:5.1}% {name}", 100.0 * guess.probability);
            }
            return Ok(());
        }
    }
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
fn sunset(device: &wgpu::Device, queue: &wgpu::Queue) -> wgpu::Texture {
    let [width, height] = SIZE;
    let mut texels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let down = y as f32 / height as f32;
            let away = f32::hypot(x as f32 - 320.0, y as f32 - 190.0);
            let glow = (1.0 - away / 420.0).max(0.0);
            let colour = match (away < 28.0, down < 0.6) {
                (true, true) => [255.0, 240.0, 190.0],
                (_, true) => [120.0 + 135.0 * glow, 40.0 + 130.0 * glow, 60.0],
                (_, false) => [30.0 + 110.0 * glow, 20.0 + 50.0 * glow, 45.0],
            };
            texels.extend(colour.map(|value: f32| value as u8));
            texels.push(255);
        }
    }
    let size = wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    };
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("sunset"),
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
        bytes_per_row: Some(4 * width),
        rows_per_image: None,
    };
    queue.write_texture(texture.as_image_copy(), &texels, layout, size);
    texture
}
