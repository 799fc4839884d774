//! The application's device.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use menagerie::gpu::Gpu;
use menagerie::{Error, ErrorKind, Result, wgpu};

/// The device that everything is drawn on, and that the network runs on.
pub struct Graphics {
    pub adapter: wgpu::Adapter,
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    /// What went wrong on the device first.
    failure: Arc<Mutex<Option<Error>>>,
}

impl Graphics {
    /// The adapter that `WGPU_ADAPTER_NAME` names, or else the best one; with a surface only one that can
    /// present to it.
    pub fn open(instance: &wgpu::Instance, surface: Option<&wgpu::Surface<'_>>) -> Result<Self> {
        let chosen = wgpu::util::initialize_adapter_from_env_or_default(instance, surface);
        let adapter = pollster::block_on(chosen)
            .map_err(|error| Error::new(ErrorKind::Adapter, one_line(&error.to_string())))?;
        let name = adapter.get_info().name;
        let (device, queue) = pollster::block_on(
            adapter.request_device(&Gpu::descriptor(&adapter)),
        )
        .map_err(|error| {
            Error::new(ErrorKind::Device, one_line(&error.to_string())).in_context(name)
        })?;
        let failure = Arc::new(Mutex::new(None));
        let refused = Arc::clone(&failure);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            keep(&refused, ErrorKind::Device, &error.to_string());
        }));
        let lost = Arc::clone(&failure);
        device.set_device_lost_callback(move |_, reason| {
            keep(
                &lost,
                ErrorKind::DeviceLost,
                &format!("the device was lost: {reason}"),
            );
        });
        Ok(Self {
            adapter,
            device,
            queue,
            failure,
        })
    }

    /// Whether all went well on the device so far.
    pub fn check(&self) -> Result<()> {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take().map_or(Ok(()), Err)
    }

    /// A texture to draw into, and to read from.
    pub fn canvas(&self, label: &str, [width, height]: [u32; 2]) -> wgpu::Texture {
        self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some(label),
            size: wgpu::Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT
                | wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        })
    }

    /// A texture of the host's texels, of one byte each for red or four for colour.
    pub fn texture(
        &self,
        format: wgpu::TextureFormat,
        [width, height]: [u32; 2],
        texels: &[u8],
    ) -> wgpu::Texture {
        let size = wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        };
        let texture = self.device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: format.block_copy_size(None).map(|bytes| bytes * width),
            rows_per_image: None,
        };
        self.queue
            .write_texture(texture.as_image_copy(), texels, layout, size);
        texture
    }

    /// A uniform buffer of so many bytes.
    pub fn uniforms(&self, size: usize) -> wgpu::Buffer {
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            // Shaders round their structs up to 16 bytes.
            size: size.next_multiple_of(16) as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }

    pub fn sampler(&self) -> wgpu::Sampler {
        self.device.create_sampler(&wgpu::SamplerDescriptor {
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..Default::default()
        })
    }

    /// Triangle strips of `shader`, blended over what is there.
    pub fn pipeline(
        &self,
        label: &str,
        shader: &str,
        format: wgpu::TextureFormat,
        instances: Option<wgpu::VertexBufferLayout<'_>>,
    ) -> wgpu::RenderPipeline {
        let module = self
            .device
            .create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(label),
                source: wgpu::ShaderSource::Wgsl(Cow::Borrowed(shader)),
            });
        let buffers: &[_] = match instances {
            Some(_) => &[instances],
            None => &[],
        };
        self.device
            .create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some(label),
                layout: None,
                vertex: wgpu::VertexState {
                    module: &module,
                    entry_point: None,
                    compilation_options: Default::default(),
                    buffers,
                },
                primitive: wgpu::PrimitiveState {
                    topology: wgpu::PrimitiveTopology::TriangleStrip,
                    ..Default::default()
                },
                depth_stencil: None,
                multisample: Default::default(),
                fragment: Some(wgpu::FragmentState {
                    module: &module,
                    entry_point: None,
                    compilation_options: Default::default(),
                    targets: &[Some(wgpu::ColorTargetState {
                        format,
                        blend: Some(wgpu::BlendState::ALPHA_BLENDING),
                        write_mask: wgpu::ColorWrites::COLOR,
                    })],
                }),
                multiview_mask: None,
                cache: None,
            })
    }

    /// What a pipeline of the shaders here reads, by binding number.
    pub fn bind(
        &self,
        pipeline: &wgpu::RenderPipeline,
        resources: &[wgpu::BindingResource<'_>],
    ) -> wgpu::BindGroup {
        let entries: Vec<wgpu::BindGroupEntry<'_>> = (0..)
            .zip(resources)
            .map(|(binding, resource)| wgpu::BindGroupEntry {
                binding,
                resource: resource.clone(),
            })
            .collect();
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        })
    }
}

/// Of everything that is drawn before it goes to the window: sRGB as it is stored, like photos.
pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// A pass that draws into `view`, on black.
pub fn begin_pass<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    label: &str,
    view: &wgpu::TextureView,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some(label),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                store: wgpu::StoreOp::Store,
            },
        })],
        ..Default::default()
    })
}

fn keep(failure: &Mutex<Option<Error>>, kind: ErrorKind, message: &str) {
    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
    failure.get_or_insert_with(|| Error::new(kind, one_line(message)));
}

fn one_line(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    words.join(" ")
}
