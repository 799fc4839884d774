//! The application without its window: a picture that moves, and what is drawn over it.

use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};

use image::RgbaImage;
use menagerie::gpu::Gpu;
use menagerie::{Error, ErrorKind, Result, wgpu};
use wgpu::TextureFormat as Format;
use wgpu::TextureUsages as Usage;

use crate::failed;
use crate::recognition::Recognition;
use crate::text;

/// Width and height of the picture in pixels.
pub const SIZE: [u32; 2] = [600, 400];
/// Seconds from one end of the scene to the other.
const PAN: f64 = 4.0;
/// Of pictures: stored in sRGB, and light for those who read it.
const COLOUR: Format = Format::Rgba8UnormSrgb;

/// The device, and everything that is drawn with it.
pub struct Drawing {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pipeline: wgpu::RenderPipeline,
    bindings: wgpu::BindGroup,
    scene: wgpu::Texture,
    picture: wgpu::Texture,
    label: wgpu::Texture,
    /// What stands in the label.
    pub text: String,
    /// The network when it is prepared, and the loss of the device.
    news: Receiver<Result<Recognition>>,
    network: Option<Recognition>,
    preparing: Option<JoinHandle<()>>,
}

impl Drawing {
    /// Draws on textures of `format`. The camera pans over `scene`, which is as high as the picture.
    ///
    /// # Errors
    /// Where the adapter gives no device or, as GL, no views of other formats, or the scene is larger than its textures
    /// can be.
    pub fn new(adapter: &wgpu::Adapter, format: Format, scene: &RgbaImage) -> Result<Self> {
        let flags = adapter.get_downlevel_capabilities().flags;
        if !flags.contains(wgpu::DownlevelFlags::VIEW_FORMATS) {
            let name = adapter.get_info().name;
            let message =
                format!("{name}: expected views of another format, which GL does not have");
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let requested = adapter.request_device(&Gpu::descriptor(adapter));
        let (device, queue) = pollster::block_on(requested).map_err(failed)?;
        let (most, found) = (device.limits().max_texture_dimension_2d, scene.width());
        if found > most {
            let message = format!(
                "too many pictures: expected at most {most} pixels side by side, found {found}"
            );
            return Err(Error::new(ErrorKind::Input, message));
        }

        let size = [scene.width(), scene.height()];
        let photos = texture(&device, size, COLOUR, Usage::COPY_DST | Usage::COPY_SRC);
        write(&queue, &photos, scene);
        let sampled = Usage::TEXTURE_BINDING | Usage::COPY_DST;
        let picture = texture(&device, SIZE, COLOUR, sampled);
        let label = texture(&device, [SIZE[0], text::HEIGHT], Format::R8Unorm, sampled);
        let painted = Usage::TEXTURE_BINDING | Usage::STORAGE_BINDING;
        let heat = texture(&device, SIZE, Format::Rgba8Unorm, painted);
        let pipeline = pipeline(&device, format);
        let bindings = bind(&device, &pipeline, [&picture, &heat, &label]);

        let gpu = Gpu::from_device(&adapter.get_info(), device.clone(), queue.clone());
        let (news, preparing) = prepare(gpu, picture.clone(), heat);
        let mut drawing = Self {
            device,
            queue,
            pipeline,
            bindings,
            scene: photos,
            picture,
            label,
            text: String::new(),
            news,
            network: None,
            preparing: Some(preparing),
        };
        drawing.set_label("preparing the network".to_owned());
        Ok(drawing)
    }

    /// Draws and submits one frame: the picture after so many `seconds`, and what the network has found.
    ///
    /// # Errors
    /// Where the network cannot be prepared, or the device fails or is lost.
    pub fn frame(&mut self, target: &wgpu::TextureView, seconds: f64) -> Result<()> {
        let mut frame = self.device.create_command_encoder(&Default::default());
        self.pan(&mut frame, seconds);

        if let Ok(network) = self.news.try_recv() {
            self.network = Some(network?);
        }
        if let Some(network) = &mut self.network {
            network.record(&mut frame);
            if let Some(text) = network.latest()? {
                self.set_label(text);
            }
        }

        self.draw(&mut frame, target);
        self.queue.submit([frame.finish()]);
        Ok(())
    }

    /// Brings what the camera sees into the picture.
    fn pan(&self, frame: &mut wgpu::CommandEncoder, seconds: f64) {
        let way = f64::from(self.scene.width() - self.picture.width());
        let turn = std::f64::consts::PI * seconds / PAN;
        let mut seen = self.scene.as_image_copy();
        seen.origin.x = (way * (1.0 - turn.cos()) / 2.0) as u32;
        frame.copy_texture_to_texture(seen, self.picture.as_image_copy(), self.picture.size());
    }

    fn set_label(&mut self, text: String) {
        if text != self.text {
            let line = text::line(&text, self.label.width() as usize);
            write(&self.queue, &self.label, &line);
            self.text = text;
        }
    }

    /// Draws the picture in the middle of `target`, as large as it fits, and what belongs over it.
    fn draw(&self, frame: &mut wgpu::CommandEncoder, target: &wgpu::TextureView) {
        let attachment = wgpu::RenderPassColorAttachment {
            view: target,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                store: wgpu::StoreOp::Store,
            },
        };
        let mut pass = frame.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(attachment)],
            ..Default::default()
        });
        let target = [target.texture().width(), target.texture().height()].map(|side| side as f32);
        let picture = SIZE.map(|side| side as f32);
        let scale = (target[0] / picture[0]).min(target[1] / picture[1]);
        let [width, height] = picture.map(|side| side * scale);
        let [left, top] = [(target[0] - width) / 2.0, (target[1] - height) / 2.0];
        pass.set_viewport(left, top, width, height, 0.0, 1.0);
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bindings, &[]);
        pass.draw(0..3, 0..1);
    }
}

/// Prepares the network on a thread of its own, since that takes longer than a frame, and listens for the loss of the
/// device.
fn prepare(
    gpu: Gpu,
    picture: wgpu::Texture,
    heat: wgpu::Texture,
) -> (Receiver<Result<Recognition>>, JoinHandle<()>) {
    let (network, news) = channel();
    let loss = network.clone();
    // A window that has been closed hears of neither.
    gpu.device().set_device_lost_callback(move |_, why| {
        let _ = loss.send(Err(Error::new(ErrorKind::DeviceLost, why)));
    });
    let preparing = thread::spawn(move || {
        let _ = network.send(Recognition::new(&gpu, &picture, &heat));
    });
    (news, preparing)
}

/// A program must not end while a thread uses the driver: drivers free what it uses.
impl Drop for Drawing {
    fn drop(&mut self) {
        if let Some(preparing) = self.preparing.take() {
            let _ = preparing.join();
        }
    }
}

fn texture(
    device: &wgpu::Device,
    [width, height]: [u32; 2],
    format: Format,
    usage: Usage,
) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage,
        view_formats: &[format.add_srgb_suffix()],
    })
}

/// Writes all of a texture, rows from the top.
fn write(queue: &wgpu::Queue, texture: &wgpu::Texture, texels: &[u8]) {
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(texels.len() as u32 / texture.height()),
        rows_per_image: None,
    };
    queue.write_texture(texture.as_image_copy(), texels, layout, texture.size());
}

fn pipeline(device: &wgpu::Device, format: Format) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::include_wgsl!("overlay.wgsl"));
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("overlay"),
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            buffers: &[],
        },
        primitive: Default::default(),
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

/// The pipeline's sampler, and its textures as colours.
fn bind(
    device: &wgpu::Device,
    pipeline: &wgpu::RenderPipeline,
    textures: [&wgpu::Texture; 3],
) -> wgpu::BindGroup {
    let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        ..Default::default()
    });
    let [picture, heat, label] = textures.map(|texture| {
        texture.create_view(&wgpu::TextureViewDescriptor {
            format: Some(texture.format().add_srgb_suffix()),
            usage: Some(Usage::TEXTURE_BINDING),
            ..Default::default()
        })
    });
    let resources = [
        wgpu::BindingResource::Sampler(&sampler),
        wgpu::BindingResource::TextureView(&picture),
        wgpu::BindingResource::TextureView(&heat),
        wgpu::BindingResource::TextureView(&label),
    ];
    let entries: Vec<_> = (0..)
        .zip(resources)
        .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
        .collect();
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &entries,
    })
}
