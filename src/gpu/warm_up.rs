//! The first dispatch of a kernel, without any workgroup, which makes some drivers compile it.

use super::memory::Allocated;
use super::{DeviceTensor, Gpu};
use crate::device::Storage;
use crate::error::Result;
use crate::kernels::interface::Shader;
use crate::kernels::{BindingKind, Format};

/// Dispatches no workgroup of `shader`, compiled to `pipeline`. Some drivers (llvmpipe) compile at the first dispatch. With
/// this dispatch they compile while the host still packs weights.
///
/// # Errors
/// As [`Gpu::buffer`].
pub fn dispatch_nothing(
    gpu: &Gpu,
    shader: &Shader,
    pipeline: &wgpu::ComputePipeline,
    layout: &wgpu::BindGroupLayout,
) -> Result<()> {
    let device = gpu.device();
    // Each binding has its own tensor, because a browser refuses a tensor that a dispatch both reads and writes.
    let tensor = |storage, format| DeviceTensor::new(gpu, storage, format, 1, LABEL);
    let mut bindings = Vec::new();
    for (index, binding) in shader.bindings().iter().enumerate() {
        let format = shader.formats.get(index);
        bindings.push(match binding.kind {
            BindingKind::Image => Bound::texture(gpu, wgpu::TextureUsages::TEXTURE_BINDING)?,
            BindingKind::Canvas => Bound::texture(gpu, wgpu::TextureUsages::STORAGE_BINDING)?,
            BindingKind::Tensor | BindingKind::Parameters => {
                Bound::Tensor(tensor(shader.storages.get(index), format)?)
            }
            _ => Bound::Tensor(tensor(Storage::Buffer, format)?),
        });
    }
    if shader.watches_range() {
        bindings.push(Bound::Tensor(tensor(Storage::Buffer, Format::F32)?));
    }
    let bytes = shader.uniform_bytes() as u64;
    let uniform = gpu.buffer(LABEL, bytes, wgpu::BufferUsages::UNIFORM)?;
    let resources = bindings.iter().map(|bound| match bound {
        Bound::Tensor(tensor) => tensor.binding(),
        Bound::Texture { view, .. } => wgpu::BindingResource::TextureView(view),
    });
    let resources = [uniform.as_entire_binding()].into_iter().chain(resources);
    let entries: Vec<wgpu::BindGroupEntry<'_>> = (0..)
        .zip(resources)
        .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
        .collect();
    let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some(LABEL),
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
    Ok(())
}

/// What all of it is called.
const LABEL: &str = "warm-up";

/// A placeholder for a bound resource.
enum Bound {
    Tensor(DeviceTensor),
    Texture {
        view: wgpu::TextureView,
        _counted: Allocated<wgpu::Texture>,
    },
}

impl Bound {
    fn texture(gpu: &Gpu, usage: wgpu::TextureUsages) -> Result<Self> {
        let texture = gpu.texture(LABEL, [1, 1], wgpu::TextureFormat::Rgba8Unorm, usage)?;
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Ok(Self::Texture {
            view,
            _counted: texture,
        })
    }
}
