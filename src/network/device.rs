//! Devices of networks, and the choice of one.

use std::fmt;

use super::Notice;
use crate::device::DeviceKind;
#[cfg(feature = "cache")]
use crate::device::DeviceProfile;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{AdapterChoice, Gpu};
use crate::graph::Graph;
#[cfg(feature = "cache")]
use crate::profile::Roofline;
use crate::program::{Planning, Program};
use crate::reference::activation_bytes;

/// The most memory for results on the reference executor. Beyond it, the system may end the process instead of
/// refusing the memory.
const REFERENCE_MEMORY: u64 = 8 << 30;

/// A device that networks run on. Clones are the same device.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Device {
    /// A GPU, or a software driver.
    Gpu(Box<Gpu>),
    /// The reference executor on the CPU.
    Reference,
}

/// The choice of a device.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum DeviceChoice {
    /// The fastest GPU, or the reference executor if there is no GPU.
    #[default]
    Any,
    /// This adapter.
    Adapter(AdapterChoice),
    /// A device that is already open.
    Open(Device),
}

impl From<Gpu> for DeviceChoice {
    fn from(gpu: Gpu) -> Self {
        DeviceChoice::Open(Device::Gpu(Box::new(gpu)))
    }
}

impl From<&Gpu> for DeviceChoice {
    fn from(gpu: &Gpu) -> Self {
        gpu.clone().into()
    }
}

impl From<AdapterChoice> for DeviceChoice {
    fn from(choice: AdapterChoice) -> Self {
        DeviceChoice::Adapter(choice)
    }
}

impl From<Device> for DeviceChoice {
    fn from(device: Device) -> Self {
        DeviceChoice::Open(device)
    }
}

impl Device {
    /// Opens the device of `choice`. If any device is allowed and there is no GPU, it is the reference executor, and
    /// `notices` is called. The plans of a GPU that is opened here use the roofline in the user's cache, and with
    /// `autotuned` the autotuning results (feature `cache`).
    ///
    /// # Errors
    /// The same as [`Gpu::open_async`]. A missing adapter is not an error if any device is allowed.
    pub async fn open_async(
        choice: &DeviceChoice,
        autotuned: bool,
        notices: &mut (dyn FnMut(Notice) + Send + '_),
    ) -> Result<Self> {
        let adapter = match choice {
            DeviceChoice::Any => &AdapterChoice::Default,
            DeviceChoice::Adapter(adapter) => adapter,
            DeviceChoice::Open(device) => return Ok(device.clone()),
        };
        let gpu = match Gpu::open_async(adapter).await {
            Err(error)
                if matches!(choice, DeviceChoice::Any) && error.kind() == ErrorKind::Adapter =>
            {
                notices(Notice::NoAdapter(error));
                return Ok(Device::Reference);
            }
            gpu => gpu?,
        };
        for error in gpu.passed_over() {
            notices(Notice::AdapterPassedOver(error.to_string()));
        }
        let gpu = as_measured(gpu);
        Ok(Device::Gpu(Box::new(match autotuned {
            true => as_tuned(gpu, notices),
            false => gpu,
        })))
    }

    /// The same device, but the driver's compiled kernels are stored in the user's cache, and read from there (feature
    /// `cache`). See `Gpu::keeping_pipelines`. Sessions share kernels only with those of this device and its clones.
    pub fn keeping_pipelines(self) -> Self {
        match self {
            #[cfg(all(feature = "cache", not(target_arch = "wasm32")))]
            // Without a cache directory, nothing is stored.
            Device::Gpu(gpu) => match crate::cache::Cache::of_user() {
                Ok(cache) => Device::Gpu(Box::new(gpu.keeping_pipelines(&cache))),
                Err(_) => Device::Gpu(gpu),
            },
            device => device,
        }
    }

    /// The GPU, or `None` for the reference executor.
    pub fn gpu(&self) -> Option<&Gpu> {
        match self {
            Device::Gpu(gpu) => Some(gpu),
            Device::Reference => None,
        }
    }

    /// Whether a batch is faster than single images, one after the other. This is so on GPUs. Software drivers and the
    /// reference executor use all cores for a single image, and the results of a batch do not fit into their caches.
    pub fn prefers_batches(&self) -> bool {
        let kind = self.gpu().map(|gpu| gpu.profile().kind);
        kind == Some(DeviceKind::Gpu)
    }

    /// Checks that the device has enough memory to run `graph` with `batch` images.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] if it does not, and the errors of planning.
    pub fn check(&self, graph: &Graph, batch: usize) -> Result<()> {
        let Device::Gpu(gpu) = self else {
            return check_memory(graph, batch);
        };
        Program::new(graph, gpu.profile(), &Planning::of_batch(batch)).map(|_| ())
    }
}

fn check_memory(graph: &Graph, batch: usize) -> Result<()> {
    let needed = activation_bytes(graph).saturating_mul(batch as u64);
    if needed <= REFERENCE_MEMORY {
        return Ok(());
    }
    let inputs = graph.inputs().iter();
    let inputs: Vec<String> = inputs
        .map(|port| graph.ty(port.value).to_string())
        .collect();
    Err(Error::new(
        ErrorKind::Limit,
        format!(
            "{}: the reference executor takes {} MiB for {batch} x {}, and the limit is {} MiB; try a smaller batch \
             or size",
            graph.name(),
            needed.div_ceil(1 << 20),
            inputs.join(" and "),
            REFERENCE_MEMORY >> 20
        ),
    ))
}

/// `gpu` with the autotuning results of the user's cache. If these are unusable, `gpu` is unchanged and `notices` is
/// called.
#[cfg(all(feature = "cache", not(target_arch = "wasm32")))]
fn as_tuned(gpu: Gpu, notices: &mut (dyn FnMut(Notice) + Send + '_)) -> Gpu {
    match crate::tune::remembered(gpu.description()) {
        Ok(tuning) => gpu.with_tuning(tuning),
        Err(error) => {
            notices(Notice::TuningUnusable(error));
            gpu
        }
    }
}

/// `gpu` with the rates of the roofline in the user's cache. Without a usable one, predictions stay those of the data sheet.
#[cfg(feature = "cache")]
fn as_measured(gpu: Gpu) -> Gpu {
    let cache = crate::cache::Cache::of_user();
    let roofline = cache.and_then(|cache| Roofline::recall(&cache, gpu.description()));
    match roofline {
        Ok(Some(roofline)) => {
            let hardware = roofline.hardware(gpu.profile().hardware());
            let profile = DeviceProfile {
                hardware: Some(hardware),
                ..gpu.profile().clone()
            };
            gpu.with_profile(profile)
        }
        _ => gpu,
    }
}

#[cfg(not(feature = "cache"))]
fn as_measured(gpu: Gpu) -> Gpu {
    gpu
}

#[cfg(not(all(feature = "cache", not(target_arch = "wasm32"))))]
fn as_tuned(gpu: Gpu, _: &mut (dyn FnMut(Notice) + Send + '_)) -> Gpu {
    gpu
}

/// The adapter's name, or the name of the reference executor.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Device::Gpu(gpu) => gpu.description().fmt(f),
            Device::Reference => f.write_str("cpu (reference executor)"),
        }
    }
}
