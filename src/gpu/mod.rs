//! The device: found by name or index, or brought along by an application.

mod adapters;
mod loss;
mod mapping;
mod pipelines;
mod scopes;
mod signal;
mod tensor;
#[cfg(not(target_arch = "wasm32"))]
mod waiting;
mod warm_up;

use std::sync::Arc;

pub use adapters::{AdapterChoice, AdapterDescription};
use loss::Loss;
pub(crate) use mapping::{Mapping, unreadable};
pub use pipelines::ShaderChecks;
pub(crate) use pipelines::{Pipeline, Pipelines};
pub(crate) use scopes::Scopes;
pub(crate) use signal::{Signal, turn};
pub(crate) use tensor::DeviceTensor;

use crate::device::{DeviceKind, DeviceProfile, Storage};
use crate::error::{Error, ErrorKind, Result};
use crate::program::Tuning;

/// A device and its queue, with what plans need to know of them.
#[derive(Clone, Debug)]
pub struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    description: Arc<AdapterDescription>,
    /// What programs are made for.
    profile: Arc<DeviceProfile>,
    /// What the device really has.
    native: Arc<DeviceProfile>,
    tuning: Tuning,
    pipelines: Arc<Pipelines>,
    loss: Arc<Loss>,
}

impl Gpu {
    /// All adapters, in the order of their indices: the backends' own order, Vulkan, Metal and DX12 before
    /// GL.
    pub async fn adapters_async() -> Vec<AdapterDescription> {
        let adapters = adapters::enumerate().await;
        adapters.iter().map(adapters::describe).collect()
    }

    /// Opens the adapter of `choice`.
    ///
    /// # Errors
    /// [`ErrorKind::Adapter`] where there is no adapter at all, [`ErrorKind::UnknownAdapter`] where there is none of
    /// that name or index, listing those there are;
    /// [`ErrorKind::Device`] where it gives no device.
    pub async fn open_async(choice: &AdapterChoice) -> Result<Self> {
        let adapter = adapters::find(choice).await?;
        let (device, queue) = adapter
            .request_device(&Self::descriptor(&adapter))
            .await
            .map_err(|error| {
                let name = adapter.get_info().name;
                Error::new(
                    ErrorKind::Device,
                    format!("{name} gives no device: {error}"),
                )
                .caused_by(error)
            })?;
        let gpu = Self::from_device(&adapter.get_info(), device, queue);
        gpu.listen();
        Ok(gpu)
    }

    /// What to ask `adapter` for, so that networks run as fast as they can on it, and profiles time every
    /// kernel: an application that makes its own device adds its own needs to it. Nothing in it is required.
    pub fn descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
        wgpu::DeviceDescriptor {
            label: Some("menagerie"),
            required_features: adapter.features() & USED_FEATURES,
            required_limits: adapter.limits(),
            ..Default::default()
        }
    }

    /// An application's own device and queue, on the adapter that `info` tells of. Works with whatever
    /// features and limits the device has.
    pub fn from_device(info: &wgpu::AdapterInfo, device: wgpu::Device, queue: wgpu::Queue) -> Self {
        let description = AdapterDescription::new(info, device.features(), device.limits());
        let profile = profile(info, device.features(), &device.limits());
        let gpu = Self {
            device,
            queue,
            description: Arc::new(description),
            native: Arc::new(profile.clone()),
            profile: Arc::new(profile),
            tuning: Tuning::NONE,
            pipelines: Arc::default(),
            loss: Arc::default(),
        };
        // In a browser, any number can listen.
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

    /// The same device, planned for as if it were like `profile`: lower limits, other storage. Programs that need what
    /// the device does not have are refused when a session is made.
    pub fn with_profile(self, profile: DeviceProfile) -> Self {
        let profile = Arc::new(profile);
        Self { profile, ..self }
    }

    /// The same device, whose plans follow `tuning`.
    pub fn with_tuning(self, tuning: Tuning) -> Self {
        Self { tuning, ..self }
    }

    /// The same device, whose driver may find compiled kernels in `cache` and keeps them there: an application that
    /// stores its own pipelines from one run to the next stores the kernels with them. The device needs
    /// [`wgpu::Features::PIPELINE_CACHE`], and sessions on it share no kernels with earlier ones.
    ///
    /// Desktop drivers keep what they compile by themselves; drivers for Android leave it to applications.
    pub fn with_pipeline_cache(self, cache: wgpu::PipelineCache) -> Self {
        Self {
            pipelines: Arc::new(Pipelines::with_cache(cache)),
            ..self
        }
    }

    /// Whether this is `other`, or a clone of it. wgpu's own handles cannot tell: those of two instances may be
    /// equal.
    pub(crate) fn shares_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pipelines, &other.pipelines)
    }

    pub(crate) fn pipelines(&self) -> &Pipelines {
        &self.pipelines
    }

    /// What plans need to know of the device.
    pub fn profile(&self) -> &DeviceProfile {
        &self.profile
    }

    /// What the device really has, whatever plans are made for.
    pub(crate) fn native(&self) -> &DeviceProfile {
        &self.native
    }

    /// Which kernels its plans prefer.
    pub fn tuning(&self) -> &Tuning {
        &self.tuning
    }
}

/// Textures that the kernel with most bindings has, the operands of an expression behind it among them: where a device
/// has fewer, all tensors are buffers.
const TEXTURES: u32 = 8;

/// Features that make networks faster or smaller, or that time their kernels, where an adapter has them.
pub(crate) const USED_FEATURES: wgpu::Features = wgpu::Features::SUBGROUP
    .union(wgpu::Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES)
    .union(wgpu::Features::TIMESTAMP_QUERY)
    .union(wgpu::Features::TIMESTAMP_QUERY_INSIDE_PASSES);

fn profile(
    info: &wgpu::AdapterInfo,
    features: wgpu::Features,
    limits: &wgpu::Limits,
) -> DeviceProfile {
    let kind = match info.device_type {
        wgpu::DeviceType::Cpu => DeviceKind::Software,
        _ => DeviceKind::Gpu,
    };
    let adapters_own = wgpu::Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES;
    // Vulkan wants of every storage image that it can be read and written.
    let read_write_textures =
        features.contains(adapters_own) && info.backend == wgpu::Backend::Vulkan;
    let fixed_subgroups = info.subgroup_min_size == info.subgroup_max_size;
    DeviceProfile {
        kind,
        storage: match kind {
            DeviceKind::Software if limits.max_storage_textures_per_shader_stage >= TEXTURES => {
                Storage::Texture
            }
            _ => Storage::Buffer,
        },
        shared_slots: match kind {
            DeviceKind::Gpu => true,
            DeviceKind::Software => read_write_textures,
        },
        subgroup_size: (fixed_subgroups && features.contains(wgpu::Features::SUBGROUP))
            .then_some(info.subgroup_min_size),
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
        uniform_alignment: limits.min_uniform_buffer_offset_alignment,
    }
}
