//! Dispatches on an application's resources.

use std::sync::Arc;

use crate::error::Result;
use crate::gpu::{Gpu, Pipeline, ShaderChecks};
use crate::kernels::Kernel;
use crate::kernels::interface::Shader;
use crate::kernels::uniforms::Value;
use crate::session::BoundCall;

/// A kernel that is compiled for a device. The program cannot prove that accesses to an application's resources are in
/// bounds, so the kernel checks them at run time.
pub struct Compiled {
    kernel: &'static Kernel,
    pipeline: Arc<Pipeline>,
}

impl Compiled {
    /// Compiles `kernel`, unless it is already compiled.
    ///
    /// # Errors
    /// [`ErrorKind::Device`](crate::ErrorKind::Device) if the device refuses it.
    pub async fn new(gpu: &Gpu, kernel: &'static Kernel) -> Result<Self> {
        let shader = Shader::of(kernel, gpu.profile().storage);
        let pipelines = gpu.pipelines();
        let pipeline = pipelines.find_or_compile(gpu, shader, ShaderChecks::Checked);
        Ok(Self {
            kernel,
            pipeline: pipeline.await?,
        })
    }

    /// A dispatch over `items` items.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if this is more than a dispatch can have.
    pub fn call(
        &self,
        gpu: &Gpu,
        values: &[Value<'_>],
        resources: Vec<wgpu::BindingResource<'_>>,
        items: usize,
    ) -> Result<BoundCall> {
        BoundCall::single(gpu, self.kernel, &self.pipeline, values, resources, items)
    }
}

/// Records `calls` as one compute pass.
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
