//! Compiling the kernels of a plan, all at the same time.

use std::num::NonZero;

use super::device_tensor::DeviceTensor;
use super::{ShaderChecks, device_error};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Kernel, interface};
use crate::plan::{Dispatch, Plan, Storage};

/// The compiled kernels of a plan.
pub struct Pipelines {
    compiled: Vec<(
        &'static Kernel,
        wgpu::ComputePipeline,
        wgpu::BindGroupLayout,
    )>,
}

impl Pipelines {
    /// Compiles every kernel that `plan` calls, each on a thread of its own.
    ///
    /// # Errors
    /// [`ErrorKind::Device`] where the device refuses a kernel.
    pub fn compile(device: &wgpu::Device, plan: &Plan, checks: ShaderChecks) -> Result<Self> {
        let kernels = plan.kernels();
        let storage = plan.profile.storage;
        let compiled = std::thread::scope(|threads| {
            let compiling: Vec<_> = kernels
                .into_iter()
                .map(|kernel| threads.spawn(move || compile(device, kernel, storage, checks)))
                .collect();
            compiling
                .into_iter()
                .map(|thread| {
                    thread.join().unwrap_or_else(|_| {
                        Err(Error::new(ErrorKind::Device, "compiling a kernel failed"))
                    })
                })
                .collect::<Result<Vec<_>>>()
        })?;
        Ok(Self { compiled })
    }

    /// The pipeline and bind group layout of `kernel`.
    ///
    /// # Panics
    /// Where the plan does not call `kernel`.
    pub fn of(&self, kernel: &Kernel) -> (&wgpu::ComputePipeline, &wgpu::BindGroupLayout) {
        let (_, pipeline, layout) = self
            .compiled
            .iter()
            .find(|(compiled, ..)| *compiled == kernel)
            .expect("every kernel that the plan calls was compiled");
        (pipeline, layout)
    }
}

/// The uniform block of `dispatch` inside the buffer of all blocks.
pub fn uniform_binding<'a>(
    uniforms: &'a wgpu::Buffer,
    dispatch: &Dispatch,
) -> wgpu::BindingResource<'a> {
    wgpu::BindingResource::Buffer(wgpu::BufferBinding {
        buffer: uniforms,
        offset: dispatch.uniform_offset as u64,
        size: NonZero::new(dispatch.kernel.uniform_bytes() as u64),
    })
}

fn compile(
    device: &wgpu::Device,
    kernel: &'static Kernel,
    storage: Storage,
    checks: ShaderChecks,
) -> Result<(
    &'static Kernel,
    wgpu::ComputePipeline,
    wgpu::BindGroupLayout,
)> {
    let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
    let layout = bind_group_layout(device, kernel, storage);
    let module = shader_module(device, kernel, storage, checks);
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(kernel.name),
        bind_group_layouts: &[Some(&layout)],
        ..Default::default()
    });
    let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(kernel.name),
        layout: Some(&pipeline_layout),
        module: &module,
        entry_point: Some("main"),
        compilation_options: wgpu::PipelineCompilationOptions {
            zero_initialize_workgroup_memory: false,
            ..Default::default()
        },
        cache: None,
    });
    match pollster::block_on(scope.pop()) {
        Some(error) => Err(device_error(&error).in_context(kernel.name)),
        None => Ok((kernel, pipeline, layout)),
    }
}

fn shader_module(
    device: &wgpu::Device,
    kernel: &Kernel,
    storage: Storage,
    checks: ShaderChecks,
) -> wgpu::ShaderModule {
    let descriptor = wgpu::ShaderModuleDescriptor {
        label: Some(kernel.name),
        source: wgpu::ShaderSource::Wgsl(interface::source(kernel, storage).into()),
    };
    match checks {
        ShaderChecks::Checked => device.create_shader_module(descriptor),
        ShaderChecks::Trusted => {
            // SAFETY: the shaders are this crate's own. Every index is computed from the extents of
            // the views that the plan placed inside their tensors, whose sizes it checked; every loop
            // runs to an extent from the same uniform block; every divisor is an extent of at least
            // one. The kernel tests run each shader checked and trusted and want the same bits.
            unsafe {
                device.create_shader_module_trusted(
                    descriptor,
                    wgpu::ShaderRuntimeChecks::unchecked(),
                )
            }
        }
    }
}

fn bind_group_layout(
    device: &wgpu::Device,
    kernel: &Kernel,
    storage: Storage,
) -> wgpu::BindGroupLayout {
    let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty,
        count: None,
    };
    let mut entries = vec![entry(
        0,
        wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: None,
        },
    )];
    for (index, binding) in kernel.bindings.iter().enumerate() {
        entries.push(entry(
            index as u32 + 1,
            DeviceTensor::binding_type(storage, binding.access),
        ));
    }
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some(kernel.name),
        entries: &entries,
    })
}
