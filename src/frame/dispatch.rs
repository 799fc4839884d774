//! Dispatches on what an application hands over.

use std::sync::Arc;

use crate::error::Result;
use crate::gpu::{Gpu, Pipeline, ShaderChecks};
use crate::kernels::Kernel;
use crate::kernels::interface::Shader;
use crate::kernels::uniforms::Value;
use crate::session::BoundCall;

/// A kernel that is compiled for a device. What an application hands over to it is not the program's to vouch for, so it
/// is checked at run time.
pub struct Compiled {
    kernel: &'static Kernel,
    pipeline: Arc<Pipeline>,
}

impl Compiled {
    /// Compiles `kernel`, unless that is done.
    ///
    /// # Errors
    /// [`ErrorKind::Device`](crate::ErrorKind::Device) where the device refuses it.
    pub async fn new(gpu: &Gpu, kernel: &'static Kernel) -> Result<Self> {
        let shader = Shader::of(kernel, gpu.profile().storage);
        let pipelines = gpu.pipelines();
        let pipeline = pipelines.find_or_compile(gpu, shader, ShaderChecks::Checked);
        Ok(Self {
            kernel,
            pipeline: pipeline.await?,
        })
    }

    /// A dispatch over so many `items`.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) where these are more than a dispatch holds.
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
