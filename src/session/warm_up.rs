//! The first dispatch of a kernel, of nothing.

use super::device_tensor::DeviceTensor;
use super::pipelines::Pipeline;
use crate::device::Storage;
use crate::gpu::Gpu;
use crate::kernels::{Access, BindingKind, Kernel};

/// Dispatches no workgroup at all: some drivers (llvmpipe) put off compiling to the first dispatch, and
/// can do it while the host still packs weights.
pub fn dispatch_nothing(gpu: &Gpu, kernel: &Kernel, storage: Storage, compiled: &Pipeline) {
    let device = gpu.device();
    let texel = |storage| DeviceTensor::new(device, storage, 1, "warm-up");
    let (input, parameters, output) = (texel(storage), texel(storage), texel(storage));
    let (read, written) = (texel(Storage::Buffer), texel(Storage::Buffer));
    let image = texture(device, wgpu::TextureUsages::TEXTURE_BINDING);
    let canvas = texture(device, wgpu::TextureUsages::STORAGE_BINDING);
    let uniform = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("warm-up"),
        size: kernel.uniform_bytes() as u64,
        usage: wgpu::BufferUsages::UNIFORM,
        mapped_at_creation: false,
    });
    let mut entries = vec![wgpu::BindGroupEntry {
        binding: 0,
        resource: uniform.as_entire_binding(),
    }];
    for (index, binding) in kernel.bindings.iter().enumerate() {
        entries.push(wgpu::BindGroupEntry {
            binding: index as u32 + 1,
            resource: match (binding.kind, binding.access) {
                (BindingKind::Tensor, Access::Read) => input.binding(),
                (BindingKind::Parameters, _) => parameters.binding(),
                (BindingKind::Tensor, Access::Write) => output.binding(),
                (BindingKind::Numbers | BindingKind::Integers, Access::Read) => read.binding(),
                (BindingKind::Numbers | BindingKind::Integers, Access::Write) => written.binding(),
                (BindingKind::Image, _) => wgpu::BindingResource::TextureView(&image),
                (BindingKind::Canvas, _) => wgpu::BindingResource::TextureView(&canvas),
            },
        });
    }
    let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("warm-up"),
        layout: &compiled.layout,
        entries: &entries,
    });
    let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
    pass.set_pipeline(&compiled.pipeline);
    pass.set_bind_group(0, &bind_group, &[]);
    pass.dispatch_workgroups(0, 1, 1);
    drop(pass);
    gpu.queue().submit([encoder.finish()]);
}

fn texture(device: &wgpu::Device, usage: wgpu::TextureUsages) -> wgpu::TextureView {
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("warm-up"),
        size: wgpu::Extent3d::default(),
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage,
        view_formats: &[],
    });
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}
