//! Listing adapters, and choosing one.

use std::fmt;

use super::USED_FEATURES;
use crate::error::{Error, ErrorKind, Result};

/// The adapter to open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdapterChoice {
    /// The fastest kind that exists: discrete, then integrated, then software.
    #[default]
    Default,
    /// The adapter with this index in [`Gpu::adapters_async`](super::Gpu::adapters_async).
    Index(usize),
    /// The first adapter whose name or backend contains this text, or whose PCI address is this text, ignoring case.
    Name(String),
}

/// The description of an adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterDescription {
    /// Name of the hardware or software.
    pub name: String,
    /// `Vulkan`, `Metal`, `Dx12`, `Gl` or `BrowserWebGpu`.
    pub backend: String,
    /// `DiscreteGpu`, `IntegratedGpu`, `VirtualGpu`, `Cpu` or `Other`.
    pub device_type: String,
    /// Name and version of the driver.
    pub driver: String,
    /// The address on the PCI bus, such as `0000:01:00.0`, which tells equal GPUs apart. It is empty if there is none, or
    /// if the driver does not say.
    pub pci_address: String,
    /// Most bytes of a storage buffer binding.
    pub max_binding_bytes: u64,
    /// Most bytes of a buffer.
    pub max_buffer_bytes: u64,
    /// Most texels along each side of a texture.
    pub max_texture_side: u32,
    /// Most bytes of workgroup memory.
    pub max_workgroup_bytes: u32,
    /// Most invocations in a workgroup.
    pub max_invocations: u32,
    /// Smallest and largest subgroup size, in lanes.
    pub subgroup_sizes: [u32; 2],
    /// Names of its features that make networks faster or time their kernels.
    pub features: Vec<String>,
}

impl AdapterDescription {
    pub(super) fn new(
        info: &wgpu::AdapterInfo,
        features: wgpu::Features,
        limits: wgpu::Limits,
    ) -> Self {
        Self {
            name: info.name.clone(),
            backend: format!("{:?}", info.backend),
            device_type: format!("{:?}", info.device_type),
            driver: format!("{} {}", info.driver, info.driver_info)
                .trim()
                .to_owned(),
            pci_address: info.device_pci_bus_id.clone(),
            max_binding_bytes: limits.max_storage_buffer_binding_size,
            max_buffer_bytes: limits.max_buffer_size,
            max_texture_side: limits.max_texture_dimension_2d,
            max_workgroup_bytes: limits.max_compute_workgroup_storage_size,
            max_invocations: limits.max_compute_invocations_per_workgroup,
            subgroup_sizes: [info.subgroup_min_size, info.subgroup_max_size],
            features: (features & USED_FEATURES)
                .iter_names()
                .map(|(name, _)| name.to_owned())
                .collect(),
        }
    }

    fn matches(&self, wanted: &str) -> bool {
        let wanted = wanted.to_lowercase();
        let has = |text: &str| !wanted.is_empty() && text.to_lowercase().contains(&wanted);
        let is_address = !wanted.is_empty() && self.pci_address.to_lowercase() == wanted;
        has(&self.name)
            || has(&self.backend)
            || has(&format!("{} {}", self.name, self.backend))
            || is_address
    }
}

impl fmt::Display for AdapterDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.backend)
    }
}

pub(super) async fn find(choice: &AdapterChoice) -> Result<wgpu::Adapter> {
    match choice {
        AdapterChoice::Default => default_adapter().await,
        AdapterChoice::Index(index) => {
            let adapters = enumerate().await;
            match adapters.get(*index) {
                Some(adapter) => Ok(adapter.clone()),
                None => Err(unknown(&format!("{index}"), &adapters)),
            }
        }
        AdapterChoice::Name(name) => {
            let adapters = enumerate().await;
            match adapters
                .iter()
                .find(|adapter| describe(adapter).matches(name))
            {
                Some(adapter) => Ok(adapter.clone()),
                None => Err(unknown(name, &adapters)),
            }
        }
    }
}

/// The first adapter of the best kind. It asks the primary backends first, because starting GL takes longer than all
/// other work before the first output.
async fn default_adapter() -> Result<wgpu::Adapter> {
    for backends in [wgpu::Backends::PRIMARY, wgpu::Backends::SECONDARY] {
        let adapters = instance(backends).enumerate_adapters(backends).await;
        let rank = |adapter: &wgpu::Adapter| match adapter.get_info().device_type {
            wgpu::DeviceType::DiscreteGpu => 0,
            wgpu::DeviceType::IntegratedGpu => 1,
            wgpu::DeviceType::VirtualGpu => 2,
            wgpu::DeviceType::Other => 3,
            wgpu::DeviceType::Cpu => 4,
        };
        if let Some(adapter) = adapters.into_iter().filter(can_compute).min_by_key(rank) {
            return Ok(adapter);
        }
    }
    Err(Error::new(
        ErrorKind::Adapter,
        "no adapter: there is no graphics driver that offers Vulkan, Metal, DX12 or GL with compute shaders",
    ))
}

pub(super) async fn enumerate() -> Vec<wgpu::Adapter> {
    let mut adapters = Vec::new();
    for backends in [wgpu::Backends::PRIMARY, wgpu::Backends::SECONDARY] {
        adapters.extend(instance(backends).enumerate_adapters(backends).await);
    }
    adapters.retain(can_compute);
    adapters
}

fn instance(backends: wgpu::Backends) -> wgpu::Instance {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = backends;
    wgpu::Instance::new(descriptor.with_env())
}

/// Whether the adapter has compute shaders. Without them (GL ES 3.0) it can run no kernel.
fn can_compute(adapter: &wgpu::Adapter) -> bool {
    adapter
        .get_downlevel_capabilities()
        .flags
        .contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
}

pub(super) fn describe(adapter: &wgpu::Adapter) -> AdapterDescription {
    AdapterDescription::new(&adapter.get_info(), adapter.features(), adapter.limits())
}

fn unknown(wanted: &str, adapters: &[wgpu::Adapter]) -> Error {
    let listed: Vec<String> = adapters
        .iter()
        .enumerate()
        .map(|(index, adapter)| format!("{index}: {}", describe(adapter)))
        .collect();
    let listed = if listed.is_empty() {
        "none".to_owned()
    } else {
        listed.join(", ")
    };
    Error::new(
        ErrorKind::UnknownAdapter,
        format!("no adapter {wanted:?}; there are: {listed}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_is_found_by_a_part_of_its_name_or_by_its_whole_address() {
        let none = wgpu::AdapterInfo::new(wgpu::DeviceType::DiscreteGpu, wgpu::Backend::Vulkan);
        let info = wgpu::AdapterInfo {
            name: "Abacus 9000".into(),
            device_pci_bus_id: "0000:c1:00.0".into(),
            ..none.clone()
        };
        let describe = |info: &wgpu::AdapterInfo| {
            AdapterDescription::new(info, wgpu::Features::empty(), wgpu::Limits::default())
        };
        let adapter = describe(&info);
        for wanted in ["abacus", "9000 vulkan", "0000:C1:00.0"] {
            assert!(adapter.matches(wanted), "{wanted}");
        }
        for wanted in ["", "gl", "0000:c1", "0000:c2:00.0"] {
            assert!(!adapter.matches(wanted), "{wanted}");
        }
        assert!(!describe(&none).matches(""));
    }
}
