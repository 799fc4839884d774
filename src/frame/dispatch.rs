//! Dispatches on what an application hands over.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::kernels::Kernel;
use crate::kernels::interface::Shader;
use crate::kernels::uniforms::Value;
use crate::session::{BoundCall, ShaderChecks};

/// A dispatch of `kernel` over so many `items`. What the application hands over is not the plan's to vouch
/// for, so it is checked at run time.
pub fn call(
    gpu: &Gpu,
    kernel: &'static Kernel,
    values: &[Value<'_>],
    resources: Vec<wgpu::BindingResource<'_>>,
    items: usize,
) -> Result<BoundCall> {
    let shader = Shader::of(kernel, gpu.profile().storage);
    let pipelines = gpu.pipelines().get(gpu, &[shader], ShaderChecks::Checked)?;
    BoundCall::single(gpu, kernel, &pipelines[0], values, resources, items)
}

/// Records `calls`, one compute pass.
pub fn record<'a>(
    encoder: &mut wgpu::CommandEncoder,
    label: &str,
    calls: impl IntoIterator<Item = &'a BoundCall>,
) {
    let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
        label: Some(label),
        timestamp_writes: None,
    });
    for call in calls {
        call.record(&mut pass);
    }
}
