//! What networks run on, and which of it is meant.

use std::fmt;

use super::Notice;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{AdapterChoice, Gpu};
use crate::graph::Graph;
use crate::program::{Planning, Program};
use crate::reference::activation_bytes;

/// Memory that results on the reference executor may take, where the system would not refuse it but end
/// the process.
const REFERENCE_MEMORY: u64 = 8 << 30;

/// What networks run on. Clones are the same device.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Device {
    /// A GPU, or a driver that stands in for one.
    Gpu(Box<Gpu>),
    /// The CPU, in the reference executor.
    Reference,
}

/// Which device is meant.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum DeviceChoice {
    /// The fastest GPU there is, or else the reference executor.
    #[default]
    Any,
    /// An adapter, and no device but it.
    Adapter(AdapterChoice),
    /// A device that is open already.
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
    /// The device of `choice`. Where any will do and there is no GPU, it is the reference executor, and `notices` hears
    /// of it. With `autotuned`, the plans of a GPU that is opened here follow what autotuning found out about it and
    /// the user's cache keeps (feature `cache`).
    ///
    /// # Errors
    /// As [`Gpu::open_async`], but for the lack of any adapter where any device will do.
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
        Ok(Device::Gpu(Box::new(match autotuned {
            true => as_tuned(gpu, notices),
            false => gpu,
        })))
    }

    /// The GPU; none for the reference executor.
    pub fn gpu(&self) -> Option<&Gpu> {
        match self {
            Device::Gpu(gpu) => Some(gpu),
            Device::Reference => None,
        }
    }

    /// Checks that `batch` images at once do not take more of `graph` than the device has.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where they do, and what else stands in the way of planning it.
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
    Err(Error::new(
        ErrorKind::Limit,
        format!(
            "{}: the reference executor takes {} MiB for {batch} x {}, and the limit is {} MiB; try a smaller batch \
             or size",
            graph.name(),
            needed.div_ceil(1 << 20),
            graph.input_shape()?,
            REFERENCE_MEMORY >> 20
        ),
    ))
}

/// `gpu`, whose plans follow what autotuning found out about it; as it is, with a notice, where that is of no use any
/// more.
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

#[cfg(not(all(feature = "cache", not(target_arch = "wasm32"))))]
fn as_tuned(gpu: Gpu, _: &mut (dyn FnMut(Notice) + Send + '_)) -> Gpu {
    gpu
}

/// The adapter's name, or that it is the reference executor.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Device::Gpu(gpu) => gpu.description().fmt(f),
            Device::Reference => f.write_str("cpu (reference executor)"),
        }
    }
}
