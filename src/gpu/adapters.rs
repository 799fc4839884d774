//! Listing adapters, and choosing one.

use std::fmt;

use super::{USED_FEATURES, matrix_units};
use crate::device::MatrixSizes;
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
    /// The matrices that its matrix units multiply, if shaders can use them.
    pub matrix_sizes: MatrixSizes,
    /// Names of its features that make networks faster or time their kernels.
    pub features: Vec<String>,
}

impl AdapterDescription {
    pub(super) fn new(
        info: &wgpu::AdapterInfo,
        features: wgpu::Features,
        limits: wgpu::Limits,
        matrix_sizes: MatrixSizes,
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
            matrix_sizes,
            features: (features & USED_FEATURES)
                .iter_names()
                .map(|(name, _)| name.to_owned())
                .collect(),
        }
    }

    /// How well the description fits the text `wanted`, ignoring case. `None` if it does not.
    fn fit(&self, wanted: &str) -> Option<Fit> {
        let wanted = wanted.to_lowercase();
        let forms = [
            self.to_string(),
            format!("{} {}", self.name, self.backend),
            self.driver.clone(),
        ];
        let forms = forms.map(|form| form.to_lowercase());
        let whole = [
            &forms[0],
            &self.name.to_lowercase(),
            &self.pci_address.to_lowercase(),
        ];
        if !wanted.is_empty() && whole.into_iter().any(|whole| *whole == wanted) {
            return Some(Fit::Whole);
        }
        let has = !wanted.is_empty() && forms.iter().any(|form| form.contains(&wanted));
        has.then_some(Fit::Part)
    }
}

/// How a text names an adapter. The better way comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// As its name, or as this crate prints it.
    Whole,
    /// By a part of its name, backend or driver.
    Part,
}

impl fmt::Display for AdapterDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.backend)
    }
}

/// A device, and the adapters before it that gave none.
pub(super) struct Opened<T> {
    pub device: T,
    pub refused: Vec<Error>,
}

/// Opens the adapters of `choice` by `open`, the best one first, until one gives a device.
pub(super) async fn open<T>(
    choice: &AdapterChoice,
    open: impl AsyncFn(&wgpu::Adapter) -> Result<T>,
) -> Result<Opened<T>> {
    let mut refused = Vec::new();
    let device = match choice {
        AdapterChoice::Default => first_by_rank(&open, &mut refused).await?,
        AdapterChoice::Index(index) => {
            let adapters = enumerate().await;
            let Some(adapter) = adapters.get(*index) else {
                return Err(unknown(&format!("{index}"), &adapters));
            };
            first(vec![adapter.clone()], &open, &mut refused).await
        }
        AdapterChoice::Name(name) => {
            let adapters = enumerate().await;
            let fits = |adapter: wgpu::Adapter| Some((describe(&adapter).fit(name)?, adapter));
            let mut fitting: Vec<_> = adapters.iter().cloned().filter_map(fits).collect();
            if fitting.is_empty() {
                return Err(unknown(name, &adapters));
            }
            fitting.sort_by_key(|(fit, _)| *fit);
            let fitting = fitting.into_iter().map(|(_, adapter)| adapter).collect();
            first(fitting, &open, &mut refused).await
        }
    };
    match device {
        Some(device) => Ok(Opened { device, refused }),
        None => Err(all_refused(refused)),
    }
}

/// The first device of the best kind of adapter. It asks the primary backends first, because starting GL takes longer than
/// all other work before the first output.
async fn first_by_rank<T>(
    open: &impl AsyncFn(&wgpu::Adapter) -> Result<T>,
    refused: &mut Vec<Error>,
) -> Result<Option<T>> {
    for backends in [wgpu::Backends::PRIMARY, wgpu::Backends::SECONDARY] {
        let mut adapters = instance(backends).enumerate_adapters(backends).await;
        adapters.retain(can_compute);
        adapters.sort_by_key(|adapter| match adapter.get_info().device_type {
            wgpu::DeviceType::DiscreteGpu => 0,
            wgpu::DeviceType::IntegratedGpu => 1,
            wgpu::DeviceType::VirtualGpu => 2,
            wgpu::DeviceType::Other => 3,
            wgpu::DeviceType::Cpu => 4,
        });
        let found = first(adapters, open, refused).await;
        if found.is_some() {
            return Ok(found);
        }
    }
    if !refused.is_empty() {
        return Ok(None);
    }
    Err(Error::new(
        ErrorKind::Adapter,
        "no adapter: there is no graphics driver that offers Vulkan, Metal, DX12 or GL with compute shaders",
    ))
}

/// The first of `adapters` that can be opened. Adds the errors of those before it to `refused`.
async fn first<A, T>(
    adapters: Vec<A>,
    open: &impl AsyncFn(&A) -> Result<T>,
    refused: &mut Vec<Error>,
) -> Option<T> {
    for adapter in adapters {
        match open(&adapter).await {
            Ok(device) => return Some(device),
            Err(error) => refused.push(error),
        }
    }
    None
}

/// The error of an only adapter, or of all.
fn all_refused(mut refused: Vec<Error>) -> Error {
    if refused.len() == 1 {
        return refused.swap_remove(0);
    }
    let messages: Vec<String> = refused.iter().map(ToString::to_string).collect();
    Error::new(ErrorKind::Device, messages.join("; "))
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
    let matrices = matrix_units::of(adapter);
    AdapterDescription::new(
        &adapter.get_info(),
        adapter.features(),
        adapter.limits(),
        matrices,
    )
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

    fn adapter(name: &str, backend: &str) -> AdapterDescription {
        AdapterDescription {
            name: name.to_owned(),
            backend: backend.to_owned(),
            device_type: "Cpu".to_owned(),
            pci_address: "0000:C1:00.0".to_owned(),
            driver: "llvmpipe Mesa 22.3.6 (LLVM 15.0.6)".to_owned(),
            max_binding_bytes: 0,
            max_buffer_bytes: 0,
            max_texture_side: 0,
            max_workgroup_bytes: 0,
            max_invocations: 0,
            subgroup_sizes: [0, 0],
            matrix_sizes: MatrixSizes::NONE,
            features: Vec::new(),
        }
    }

    #[test]
    fn an_adapter_is_named_as_it_is_printed_or_by_a_part() {
        let found = adapter("llvmpipe (LLVM 15.0.6, 256 bits)", "Gl");
        for (wanted, fit) in [
            ("llvmpipe (LLVM 15.0.6, 256 bits) (Gl)", Some(Fit::Whole)),
            ("LLVMPIPE (llvm 15.0.6, 256 BITS) (GL)", Some(Fit::Whole)),
            ("llvmpipe (LLVM 15.0.6, 256 bits)", Some(Fit::Whole)),
            ("llvmpipe (LLVM 15.0.6, 256 bits) Gl", Some(Fit::Part)),
            ("llvmpipe", Some(Fit::Part)),
            ("(Gl)", Some(Fit::Part)),
            ("gl", Some(Fit::Part)),
            ("Mesa 22.3.6", Some(Fit::Part)),
            ("llvmpipe (LLVM 15.0.6, 256 bits) (Vulkan)", None),
            ("0000:c1:00.0", Some(Fit::Whole)),
            ("0000:c1", None),
            ("swiftshader", None),
            ("", None),
        ] {
            assert_eq!(found.fit(wanted), fit, "{wanted}");
        }
        assert!(Fit::Whole < Fit::Part);
    }

    #[test]
    fn the_next_adapter_is_opened_where_one_gives_no_device() {
        let open = async |&number: &i32| match number {
            3.. => Ok(number),
            _ => Err(Error::new(
                ErrorKind::Device,
                format!("adapter {number} gives no device"),
            )),
        };
        let opened = |adapters: &[i32]| {
            let mut refused = Vec::new();
            let found = pollster::block_on(first(adapters.to_vec(), &open, &mut refused));
            (found, refused)
        };
        let (found, refused) = opened(&[1, 2, 3, 4]);
        assert_eq!((found, refused.len()), (Some(3), 2));
        let (found, refused) = opened(&[1, 2]);
        assert_eq!(found, None);
        assert_eq!(
            all_refused(refused).to_string(),
            "adapter 1 gives no device; adapter 2 gives no device"
        );
        let (_, refused) = opened(&[1]);
        assert_eq!(
            all_refused(refused).to_string(),
            "adapter 1 gives no device"
        );
    }
}
