//! Compiled kernels.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{DeviceTensor, Gpu, warm_up};
use crate::device::Storage;
use crate::error::Result;
use crate::kernels::interface::Shader;
use crate::kernels::{Access, Binding, BindingKind, Format};

/// Whether shaders check their memory accesses. Outputs are the same in both cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShaderChecks {
    /// No checks at run time: the program has proved that every access is inside its tensor.
    Trusted,
    /// Bounds checks and loop limits in every shader. It is slower, and helps to find defects.
    Checked,
}

/// A compiled kernel.
pub struct Pipeline {
    /// The pipeline.
    pub pipeline: wgpu::ComputePipeline,
    /// The layout of its bind groups.
    pub layout: wgpu::BindGroupLayout,
}

/// The kernels that are compiled for a device. All sessions on the device share them.
#[derive(Default)]
pub struct Pipelines {
    compiled: Mutex<Vec<(Key, Arc<Pipeline>)>>,
    cache: Option<wgpu::PipelineCache>,
    keeper: Option<Keeper>,
    /// Number of pipelines that the keeper has seen.
    kept: AtomicUsize,
}

/// Stores the data of a pipeline cache.
type Keeper = Box<dyn Fn(&[u8]) + Send + Sync>;

/// The key of a pipeline.
#[derive(Clone, PartialEq)]
struct Key {
    shader: Shader,
    checks: ShaderChecks,
}

impl Pipelines {
    /// No pipelines yet. The driver stores compiled code in `cache` and may read it from there.
    pub fn with_cache(cache: wgpu::PipelineCache) -> Self {
        Self {
            cache: Some(cache),
            ..Self::default()
        }
    }

    /// The same, and `keeper` stores the data of `cache` after pipelines were compiled.
    #[cfg(all(feature = "cache", not(target_arch = "wasm32")))]
    pub fn kept_by(
        cache: wgpu::PipelineCache,
        keeper: impl Fn(&[u8]) + Send + Sync + 'static,
    ) -> Self {
        Self {
            keeper: Some(Box::new(keeper)),
            ..Self::with_cache(cache)
        }
    }

    /// Has the keeper store what was compiled since the last call.
    pub fn keep(&self) {
        let (Some(cache), Some(keeper)) = (&self.cache, &self.keeper) else {
            return;
        };
        let compiled = self.lock().len();
        if self.kept.swap(compiled, Ordering::Relaxed) == compiled {
            return;
        }
        if let Some(data) = cache.get_data() {
            keeper(&data);
        }
    }

    /// Returns the pipeline of `shader`, and compiles it first if necessary. Native drivers compile within the call, a
    /// browser in parallel. A kernel whose indices depend on data is always checked, because they cannot be proved to be in
    /// bounds.
    ///
    /// # Errors
    /// [`ErrorKind::Device`](crate::ErrorKind::Device) if the device refuses the kernel.
    /// [`ErrorKind::OutOfMemory`](crate::ErrorKind::OutOfMemory) if it has too little memory.
    pub async fn find_or_compile(
        &self,
        gpu: &Gpu,
        shader: Shader,
        checks: ShaderChecks,
    ) -> Result<Arc<Pipeline>> {
        let checks = match shader.kernel.data_dependent {
            true => ShaderChecks::Checked,
            false => checks,
        };
        let key = Key { shader, checks };
        if let Some(pipeline) = find(&self.lock(), &key) {
            return Ok(pipeline);
        }
        let pipeline = gpu
            .attempt(key.shader.kernel.name, || {
                compile(gpu, &key, self.cache.as_ref()).map(Arc::new)
            })
            .await?;
        let mut compiled = self.lock();
        // Another session may have compiled it meanwhile.
        Ok(find(&compiled, &key).unwrap_or_else(|| {
            compiled.push((key.clone(), Arc::clone(&pipeline)));
            pipeline
        }))
    }

    /// Locks the list. It is valid even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, Vec<(Key, Arc<Pipeline>)>> {
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pipelines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pipelines({})", self.lock().len())
    }
}

fn find(compiled: &[(Key, Arc<Pipeline>)], key: &Key) -> Option<Arc<Pipeline>> {
    let found = compiled.iter().find(|(other, _)| other == key);
    found.map(|(_, pipeline)| Arc::clone(pipeline))
}

fn compile(gpu: &Gpu, key: &Key, cache: Option<&wgpu::PipelineCache>) -> Result<Pipeline> {
    let device = gpu.device();
    let kernel = key.shader.kernel;
    let layout = bind_group_layout(device, key);
    let module = shader_module(device, key);
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
        cache,
    });
    warm_up::dispatch_nothing(gpu, &key.shader, &pipeline, &layout)?;
    Ok(Pipeline { pipeline, layout })
}

fn shader_module(device: &wgpu::Device, key: &Key) -> wgpu::ShaderModule {
    let Key { shader, checks } = key;
    let descriptor = wgpu::ShaderModuleDescriptor {
        label: Some(shader.kernel.name),
        source: wgpu::ShaderSource::Wgsl(shader.source().into()),
    };
    match checks {
        ShaderChecks::Checked => device.create_shader_module(descriptor),
        ShaderChecks::Trusted => {
            // SAFETY: the shaders belong to this crate, and their uniform blocks come from programs, which are
            // immutable. Every index is computed from extents of that block and is below the reach that the call
            // states for the binding. The program has checked the reach against the binding's place, and the session
            // has checked the needs of the program against the device. Every loop ends at an extent of the same
            // block, every divisor is an extent of at least one, and a kernel whose indices come from data is never
            // trusted. The kernel tests run each shader checked and trusted, and compare the bits.
            unsafe {
                device.create_shader_module_trusted(
                    descriptor,
                    wgpu::ShaderRuntimeChecks::unchecked(),
                )
            }
        }
    }
}

fn bind_group_layout(device: &wgpu::Device, key: &Key) -> wgpu::BindGroupLayout {
    let kernel = key.shader.kernel;
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
    for (index, binding) in key.shader.bindings().iter().enumerate() {
        let format = key.shader.formats.get(index);
        let storage = key.shader.storages.get(index);
        let ty = binding_type(key, binding, (storage, format));
        entries.push(entry(index as u32 + 1, ty));
    }
    if key.shader.watches_range() {
        let ty = DeviceTensor::binding_type(Storage::Buffer, Format::F32, Access::Write, false);
        entries.push(entry(entries.len() as u32, ty));
    }
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some(kernel.name),
        entries: &entries,
    })
}

fn binding_type(
    key: &Key,
    binding: &Binding,
    (storage, format): (Storage, Format),
) -> wgpu::BindingType {
    let access = binding.access;
    match binding.kind {
        BindingKind::Tensor => {
            DeviceTensor::binding_type(storage, format, access, key.shader.shared_slots)
        }
        BindingKind::Parameters => DeviceTensor::binding_type(storage, format, access, false),
        BindingKind::Numbers | BindingKind::Integers => {
            DeviceTensor::binding_type(Storage::Buffer, format, access, false)
        }
        BindingKind::Canvas => wgpu::BindingType::StorageTexture {
            access: wgpu::StorageTextureAccess::WriteOnly,
            format: wgpu::TextureFormat::Rgba8Unorm,
            view_dimension: wgpu::TextureViewDimension::D2,
        },
        // Shaders read single texels without a sampler, so the format need not be filterable.
        BindingKind::Image => wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: false },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        },
    }
}
