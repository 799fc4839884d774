//! The first dispatch of a kernel, without any workgroup, which makes some drivers compile it.

use super::{DeviceTensor, Gpu};
use crate::device::Storage;
use crate::kernels::interface::Shader;
use crate::kernels::{BindingKind, Format};

/// Dispatches no workgroup of `shader`, compiled to `pipeline`. Some drivers (llvmpipe) compile at the first dispatch. With
/// this dispatch they compile while the host still packs weights.
pub fn dispatch_nothing(
    gpu: &Gpu,
    shader: &Shader,
    pipeline: &wgpu::ComputePipeline,
    layout: &wgpu::BindGroupLayout,
) {
    let device = gpu.device();
    // Each binding has its own tensor, because a browser refuses a tensor that a dispatch both reads and writes.
    let tensor = |kind| match kind {
        BindingKind::Tensor | BindingKind::Parameters => shader.storage,
        _ => Storage::Buffer,
    };
    let bindings = shader.bindings().into_iter();
    let bindings = bindings
        .enumerate()
        .map(|(index, binding)| match binding.kind {
            BindingKind::Image => {
                Bound::Texture(texture(device, wgpu::TextureUsages::TEXTURE_BINDING))
            }
            BindingKind::Canvas => {
                Bound::Texture(texture(device, wgpu::TextureUsages::STORAGE_BINDING))
            }
            kind => {
                let format = shader.formats.get(index);
                Bound::Tensor(DeviceTensor::new(
                    device,
                    tensor(kind),
                    format,
                    1,
                    "warm-up",
                ))
            }
        });
    let watch = shader.watches_range().then(|| {
        Bound::Tensor(DeviceTensor::new(
            device,
            Storage::Buffer,
            Format::F32,
            1,
            "warm-up",
        ))
    });
    let bindings: Vec<Bound> = bindings.chain(watch).collect();
    let uniform = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("warm-up"),
        size: shader.uniform_bytes() as u64,
        usage: wgpu::BufferUsages::UNIFORM,
        mapped_at_creation: false,
    });
    let resources = bindings.iter().map(|bound| match bound {
        Bound::Tensor(tensor) => tensor.binding(),
        Bound::Texture(view) => wgpu::BindingResource::TextureView(view),
    });
    let resources = [uniform.as_entire_binding()].into_iter().chain(resources);
    let entries: Vec<wgpu::BindGroupEntry<'_>> = (0..)
        .zip(resources)
        .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
        .collect();
    let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("warm-up"),
        layout,
        entries: &entries,
    });
    let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
    pass.set_pipeline(pipeline);
    pass.set_bind_group(0, &bind_group, &[]);
    pass.dispatch_workgroups(0, 1, 1);
    drop(pass);
    gpu.queue().submit([encoder.finish()]);
}

/// A placeholder for a bound resource.
enum Bound {
    Tensor(DeviceTensor),
    Texture(wgpu::TextureView),
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
