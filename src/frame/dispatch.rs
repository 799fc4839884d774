//! Dispatches on an application's resources.

use std::sync::Arc;

use super::storage::empty;
use crate::error::Result;
use crate::gpu::{DeviceTensor, Gpu, Pipeline, ShaderChecks, keep_until_done};
use crate::kernels::Kernel;
use crate::kernels::interface::{Formats, Shader};
use crate::kernels::uniforms::Value;
use crate::session::BoundCall;

/// A kernel that is compiled for a device. The program cannot prove that accesses to an application's resources are in
/// bounds, so the kernel checks them at run time.
pub struct Compiled {
    kernel: &'static Kernel,
    pipeline: Arc<Pipeline>,
    /// Whether its shader watches the range of what it stores.
    watches: bool,
}

impl Compiled {
    /// Compiles `kernel` for tensors of f32, unless it is already compiled.
    ///
    /// # Errors
    /// As [`Compiled::with`].
    pub async fn new(gpu: &Gpu, kernel: &'static Kernel) -> Result<Self> {
        Self::with(gpu, kernel, Formats::default()).await
    }

    /// Compiles `kernel` for tensors of these `formats`, unless it is already compiled.
    ///
    /// # Errors
    /// [`ErrorKind::Device`](crate::ErrorKind::Device) if the device refuses it.
    pub async fn with(gpu: &Gpu, kernel: &'static Kernel, formats: Formats) -> Result<Self> {
        let shader = Shader::of(kernel, gpu.profile().storage, formats);
        let watches = shader.watches_range();
        let pipelines = gpu.pipelines();
        let pipeline = pipelines.find_or_compile(gpu, shader, ShaderChecks::Checked);
        Ok(Self {
            kernel,
            pipeline: pipeline.await?,
            watches,
        })
    }

    /// A dispatch over `items` items.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if this is more than a dispatch can have.
    /// [`ErrorKind::OutOfMemory`](crate::ErrorKind::OutOfMemory) if the device has too little memory.
    pub fn call(
        &self,
        gpu: &Gpu,
        values: &[Value<'_>],
        resources: Vec<wgpu::BindingResource<'_>>,
        items: usize,
    ) -> Result<BoundCall> {
        // What is copied from an application is clamped, and nobody reads that it was.
        let range = self.watches.then(|| empty(gpu, "range", 1)).transpose()?;
        let bound = range.iter().map(|range| range.as_entire_binding());
        let resources = resources.into_iter().chain(bound).collect();
        let call = BoundCall::single(gpu, self.kernel, &self.pipeline, values, resources, items);
        Ok(call?.holding(range.map(DeviceTensor::Buffer)))
    }
}

/// Records `calls` as one compute pass.
pub fn record<'a>(
    encoder: &mut wgpu::CommandEncoder,
    label: &str,
    calls: impl IntoIterator<Item = &'a BoundCall, IntoIter: Clone>,
) {
    let calls = calls.into_iter();
    let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
        label: Some(label),
        timestamp_writes: None,
    });
    for call in calls.clone() {
        call.record(&mut pass);
    }
    drop(pass);
    keep_until_done(encoder, || {
        calls.flat_map(BoundCall::held).cloned().collect()
    });
}
