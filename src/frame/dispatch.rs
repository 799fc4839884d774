//! Dispatches on what an application hands over.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::kernels::Kernel;
use crate::kernels::uniforms::Value;
use crate::session::{BoundCall, ShaderChecks, device_error};

/// A dispatch of `kernel` over so many `items`. What the application hands over is not the plan's to vouch
/// for, so it is checked at run time.
pub fn call(
    gpu: &Gpu,
    kernel: &'static Kernel,
    values: &[Value<'_>],
    resources: Vec<wgpu::BindingResource<'_>>,
    items: usize,
) -> Result<BoundCall> {
    let pipelines = gpu.pipelines().get(gpu, &[kernel], ShaderChecks::Checked)?;
    BoundCall::single(gpu, kernel, &pipelines[0], values, resources, items)
}

/// What `make` makes for an application's texture, where the device refuses nothing of it.
pub fn checked<T>(gpu: &Gpu, make: impl FnOnce() -> Result<T>) -> Result<T> {
    let scopes = [
        wgpu::ErrorFilter::Validation,
        wgpu::ErrorFilter::OutOfMemory,
    ]
    .map(|filter| gpu.device().push_error_scope(filter));
    let made = make();
    // The last scope ends first.
    let [validation, memory] = scopes;
    let memory = pollster::block_on(memory.pop());
    match pollster::block_on(validation.pop()).or(memory) {
        Some(error) => {
            let error = device_error(&error);
            Err(gpu.explain(error.in_context("the texture")))
        }
        None => gpu.check().and(made),
    }
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
