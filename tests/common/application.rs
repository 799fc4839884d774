//! What an application brings along: a device that was made without thinking of networks, textures, buffers.

use menagerie::gpu::Gpu;
use menagerie::wgpu;

/// An application's own instance, device and queue: no features, the limits that WebGPU promises.
pub struct Application {
    pub instance: wgpu::Instance,
    pub adapter: wgpu::Adapter,
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
}

impl Application {
    pub fn start() -> Self {
        let descriptor = wgpu::InstanceDescriptor::new_without_display_handle().with_env();
        let instance = wgpu::Instance::new(descriptor);
        let adapter =
            pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default()))
                .expect("an adapter; Debian's mesa-vulkan-drivers has one for any machine");
        let (device, queue) =
            pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor::default()))
                .expect("a device of default limits");
        Self {
            instance,
            adapter,
            device,
            queue,
        }
    }

    /// Whether a texture can be seen in another format than its own: everywhere but on GL.
    pub fn has_view_formats(&self) -> bool {
        let flags = self.adapter.get_downlevel_capabilities().flags;
        let has = flags.contains(wgpu::DownlevelFlags::VIEW_FORMATS);
        let is_gl = self.adapter.get_info().backend == wgpu::Backend::Gl;
        assert!(has != is_gl, "{flags:?}");
        has
    }

    pub fn gpu(&self) -> Gpu {
        Gpu::from_device(
            &self.adapter.get_info(),
            self.device.clone(),
            self.queue.clone(),
        )
    }
}

/// A texture of `format` with `texels`, rows from the top.
pub fn texture(
    gpu: &Gpu,
    format: wgpu::TextureFormat,
    size: [u32; 2],
    texels: &[u8],
) -> wgpu::Texture {
    texture_with_views(gpu, format, size, texels, &[])
}

/// The same, with other formats that it can be seen in.
pub fn texture_with_views(
    gpu: &Gpu,
    format: wgpu::TextureFormat,
    [width, height]: [u32; 2],
    texels: &[u8],
    view_formats: &[wgpu::TextureFormat],
) -> wgpu::Texture {
    let size = wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    };
    let texture = gpu.device().create_texture(&wgpu::TextureDescriptor {
        label: Some("the application's"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats,
    });
    gpu.queue().write_texture(
        texture.as_image_copy(),
        texels,
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(texels.len() as u32 / height),
            rows_per_image: None,
        },
        size,
    );
    texture
}

/// RGB bytes as RGBA bytes.
pub fn with_alpha(rgb: &[u8]) -> Vec<u8> {
    let (pixels, _) = rgb.as_chunks::<3>();
    pixels.iter().flat_map(|&[r, g, b]| [r, g, b, 77]).collect()
}
