//! The device: opened by name or index, or provided by an application.

mod adapters;
mod hardware;
mod kept;
mod loss;
mod mapping;
mod matrix_units;
mod memory;
mod owned;
mod pipelines;
mod scopes;
mod signal;
mod tensor;
#[cfg(not(target_arch = "wasm32"))]
mod waiting;
mod warm_up;

use std::sync::Arc;

pub use adapters::{AdapterChoice, AdapterDescription};
pub(crate) use kept::keep_until_done;
use loss::Loss;
pub(crate) use mapping::{Mapping, unreadable};
pub use memory::Allocation;
pub(crate) use memory::DeviceBuffer;
use memory::Memory;
pub(crate) use owned::Owned;
pub use pipelines::ShaderChecks;
pub(crate) use pipelines::{Pipeline, Pipelines};
pub(crate) use scopes::Scopes;
pub(crate) use signal::Signal;
pub(crate) use tensor::DeviceTensor;

use crate::device::{DeviceKind, DeviceProfile, MatrixSizes, Storage};
use crate::error::{Error, ErrorKind, Result};
use crate::program::Tuning;

/// A device and its queue, with the profile and tuning for which programs are planned.
#[derive(Clone, Debug)]
pub struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    description: Arc<AdapterDescription>,
    /// The profile for which programs are planned.
    profile: Arc<DeviceProfile>,
    /// The profile of the device itself.
    native: Arc<DeviceProfile>,
    tuning: Tuning,
    pipelines: Arc<Pipelines>,
    loss: Arc<Loss>,
    memory: Arc<Memory>,
    passed_over: Arc<[Error]>,
}

impl Gpu {
    /// All adapters, in the order of their indices: Vulkan, Metal and DX12 before GL, and within a backend in its own
    /// order.
    pub async fn adapters_async() -> Vec<AdapterDescription> {
        let adapters = adapters::enumerate().await;
        adapters.iter().map(adapters::describe).collect()
    }

    /// Opens the adapter of `choice`. If it gives no device, the next one that fits is opened; see
    /// [`Gpu::passed_over`].
    ///
    /// # Errors
    /// [`ErrorKind::Adapter`] if there is no adapter at all. [`ErrorKind::UnknownAdapter`] if there is none with that name
    /// or index; the message lists all adapters. [`ErrorKind::Device`] if none of them gives a device.
    pub async fn open_async(choice: &AdapterChoice) -> Result<Self> {
        let opened = adapters::open(choice, Self::of_adapter).await?;
        Ok(Self {
            passed_over: opened.refused.into(),
            ..opened.device
        })
    }

    async fn of_adapter(adapter: &wgpu::Adapter) -> Result<Self> {
        let matrices = matrix_units::of(adapter);
        let (device, queue) = adapter
            .request_device(&matrix_units::enabled(Self::descriptor(adapter), matrices))
            .await
            .map_err(|error| {
                let adapter = adapters::describe(adapter);
                Error::new(
                    ErrorKind::Device,
                    format!("{adapter} gives no device: {error}"),
                )
                .caused_by(error)
            })?;
        let gpu = Self::with_matrices(&adapter.get_info(), device, queue, matrices);
        gpu.listen();
        Ok(gpu)
    }

    /// Why better adapters than this one were not opened.
    pub fn passed_over(&self) -> &[Error] {
        &self.passed_over
    }

    /// A device descriptor with which networks run as fast as possible on `adapter`, and profiles time every kernel. An
    /// application that makes its own device adds its own needs. None of its features and limits is required.
    pub fn descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
        wgpu::DeviceDescriptor {
            label: Some("menagerie"),
            required_features: adapter.features() & USED_FEATURES,
            required_limits: adapter.limits(),
            ..Default::default()
        }
    }

    /// Uses an application's own device and queue on the adapter of `info`. It works with any features and limits of the
    /// device, and uses no matrix units: they are an experimental feature of wgpu.
    pub fn from_device(info: &wgpu::AdapterInfo, device: wgpu::Device, queue: wgpu::Queue) -> Self {
        Self::with_matrices(info, device, queue, MatrixSizes::NONE)
    }

    /// As [`Gpu::from_device`], for a device whose shaders can multiply `matrices`.
    fn with_matrices(
        info: &wgpu::AdapterInfo,
        device: wgpu::Device,
        queue: wgpu::Queue,
        matrices: MatrixSizes,
    ) -> Self {
        let features = device.features();
        let description = AdapterDescription::new(info, features, device.limits(), matrices);
        let profile = profile(info, features, &device.limits(), matrices);
        let gpu = Self {
            device,
            queue,
            description: Arc::new(description),
            native: Arc::new(profile.clone()),
            profile: Arc::new(profile),
            tuning: Tuning::NONE,
            pipelines: Arc::default(),
            loss: Arc::default(),
            memory: Arc::default(),
            passed_over: Arc::new([]),
        };
        // In a browser, a device can have several such callbacks.
        if cfg!(target_arch = "wasm32") {
            gpu.listen();
        }
        gpu
    }

    /// The device.
    pub fn device(&self) -> &wgpu::Device {
        &self.device
    }

    /// The device's queue.
    pub fn queue(&self) -> &wgpu::Queue {
        &self.queue
    }

    /// The adapter: name, driver, limits.
    pub fn description(&self) -> &AdapterDescription {
        &self.description
    }

    /// The same device, but programs are planned for `profile`, for example with lower limits or other storage. A session
    /// refuses a program that needs more than the device has.
    pub fn with_profile(self, profile: DeviceProfile) -> Self {
        let profile = Arc::new(profile);
        Self { profile, ..self }
    }

    /// The same device, but programs are planned with `tuning`.
    pub fn with_tuning(self, tuning: Tuning) -> Self {
        Self { tuning, ..self }
    }

    /// The same device, but the driver stores compiled kernels in `cache` and may read them from it. So an application that
    /// stores its own pipelines on disk stores the kernels as well. The device needs
    /// [`wgpu::Features::PIPELINE_CACHE`]. Later sessions share no kernels with earlier ones.
    ///
    /// Desktop drivers have such a cache of their own; Android drivers leave it to applications. A program that has no cache of
    /// its own can use `Gpu::keeping_pipelines` (feature `cache`).
    pub fn with_pipeline_cache(self, cache: wgpu::PipelineCache) -> Self {
        Self {
            pipelines: Arc::new(Pipelines::with_cache(cache)),
            ..self
        }
    }

    /// The same device, but the driver reads compiled kernels from `cache`, and `keeper` stores its data after a session has
    /// compiled more.
    #[cfg(all(feature = "cache", not(target_arch = "wasm32")))]
    pub(crate) fn with_kept_pipelines(
        self,
        cache: wgpu::PipelineCache,
        keeper: impl Fn(&[u8]) + Send + Sync + 'static,
    ) -> Self {
        Self {
            pipelines: Arc::new(Pipelines::kept_by(cache, keeper)),
            ..self
        }
    }

    /// Whether this is `other` or a clone of it. The handles of wgpu are not enough: handles of two instances may be equal.
    pub(crate) fn shares_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pipelines, &other.pipelines)
    }

    pub(crate) fn pipelines(&self) -> &Pipelines {
        &self.pipelines
    }

    /// The profile for which programs are planned.
    pub fn profile(&self) -> &DeviceProfile {
        &self.profile
    }

    /// The profile of the device itself.
    pub(crate) fn native(&self) -> &DeviceProfile {
        &self.native
    }

    /// The kernels that its plans prefer.
    pub fn tuning(&self) -> &Tuning {
        &self.tuning
    }
}

/// Number of textures of the kernel with the most bindings, including the operands of its epilogue. On a device that
/// allows fewer, all tensors are buffers.
const TEXTURES: u32 = 8;

/// The most turns of an invocation's loops on a software device: the limit of llvmpipe (Mesa,
/// `LP_MAX_TGSI_LOOP_ITERATIONS`). An adapter's name does not tell it from others for sure.
const SOFTWARE_LOOP_TURNS: usize = 65_535;

/// Features that are used if an adapter has them: they make networks faster or smaller, or time their kernels, or keep
/// compiled kernels.
pub(crate) const USED_FEATURES: wgpu::Features = wgpu::Features::SUBGROUP
    .union(wgpu::Features::PIPELINE_CACHE)
    .union(wgpu::Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES)
    .union(wgpu::Features::TIMESTAMP_QUERY)
    .union(wgpu::Features::TIMESTAMP_QUERY_INSIDE_PASSES);

fn profile(
    info: &wgpu::AdapterInfo,
    features: wgpu::Features,
    limits: &wgpu::Limits,
    matrix_sizes: MatrixSizes,
) -> DeviceProfile {
    let kind = match info.device_type {
        wgpu::DeviceType::Cpu => DeviceKind::Software,
        _ => DeviceKind::Gpu,
    };
    // Browsers have no read-write storage textures of the formats that tensors need. They refuse a dispatch that binds a
    // range twice for writing, as shared slots do where an operation reads a tensor twice. And WGSL there declares
    // subgroups by an `enable` that naga does not know.
    let in_browser = info.backend == wgpu::Backend::BrowserWebGpu;
    let adapters_own = wgpu::Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES;
    // Vulkan requires that every storage image can be read and written.
    let read_write_textures =
        features.contains(adapters_own) && info.backend == wgpu::Backend::Vulkan;
    let fixed_subgroups = info.subgroup_min_size == info.subgroup_max_size;
    DeviceProfile {
        kind,
        storage: match kind {
            DeviceKind::Software
                if limits.max_storage_textures_per_shader_stage >= TEXTURES && !in_browser =>
            {
                Storage::Texture
            }
            _ => Storage::Buffer,
        },
        shared_slots: match kind {
            DeviceKind::Gpu => !in_browser,
            DeviceKind::Software => read_write_textures,
        },
        subgroup_size: (fixed_subgroups
            && !in_browser
            && features.contains(wgpu::Features::SUBGROUP))
        .then_some(info.subgroup_min_size),
        matrix_sizes,
        max_binding_bytes: limits.max_storage_buffer_binding_size,
        max_buffer_bytes: limits.max_buffer_size,
        max_texture_side: limits.max_texture_dimension_2d,
        max_storage_buffers: limits.max_storage_buffers_per_shader_stage,
        max_storage_textures: limits.max_storage_textures_per_shader_stage,
        read_write_textures,
        max_workgroups: limits.max_compute_workgroups_per_dimension,
        max_invocations: limits
            .max_compute_invocations_per_workgroup
            .min(limits.max_compute_workgroup_size_x),
        max_loop_turns: (kind == DeviceKind::Software).then_some(SOFTWARE_LOOP_TURNS),
        uniform_alignment: limits.min_uniform_buffer_offset_alignment,
        hardware: Some(hardware::of(info)),
    }
}
