//! What a network runs on: a GPU session, or the reference executor.

use menagerie::cache::Cache;
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::graph::Graph;
use menagerie::program::{Planning, Program, Tuning};
use menagerie::reference::{Reference, activation_bytes};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;
use menagerie::{Error, ErrorKind, Result, Tensor, tune};

use super::arguments::{Adapter, Place};
use super::output::warn;

/// Name of the reference executor where adapters are named.
const REFERENCE: &str = "cpu (reference executor)";

/// What to do about a machine without a GPU adapter.
pub const NO_ADAPTER: &str =
    "no GPU adapter here; Debian's package mesa-vulkan-drivers has a software Vulkan driver";

/// Memory that results on the reference executor may take, where the system would not refuse it but end
/// the process.
const REFERENCE_MEMORY: u64 = 8 << 30;

/// What networks run on.
pub enum Device {
    /// A GPU, or a driver that stands in for one.
    Gpu(Box<Gpu>),
    /// The CPU, in the reference executor.
    Reference,
}

impl Device {
    /// The device of `place`. Where nothing was asked for and there is no GPU, the reference executor takes
    /// over, and a warning says so.
    ///
    /// # Errors
    /// `ErrorKind::Adapter` where the adapter that was asked for is not there, `ErrorKind::Device` where it
    /// gives no device.
    pub fn open(place: &Place) -> Result<Self> {
        let Some(choice) = gpu_choice(place) else {
            return Ok(Device::Reference);
        };
        match open_gpu(&choice, place.autotuned) {
            Err(error)
                if choice == AdapterChoice::Default && error.kind() == ErrorKind::Adapter =>
            {
                warn(&format_args!(
                    "{NO_ADAPTER}; the reference executor answers, slowly"
                ));
                Ok(Device::Reference)
            }
            gpu => gpu.map(|gpu| Device::Gpu(Box::new(gpu))),
        }
    }

    /// Checks that `batch` images at once do not take more of `graph` than the device has.
    ///
    /// # Errors
    /// `ErrorKind::Limit` where they do.
    pub fn admits(&self, graph: &Graph, batch: usize) -> Result<()> {
        match self {
            Device::Gpu(gpu) => {
                Program::new(graph, gpu.profile(), &Planning::of_batch(batch)).map(|_| ())
            }
            Device::Reference => {
                let needed = activation_bytes(graph).saturating_mul(batch as u64);
                if needed <= REFERENCE_MEMORY {
                    return Ok(());
                }
                Err(Error::new(
                    ErrorKind::Limit,
                    format!(
                        "{}: the reference executor takes {} MiB for {batch} x {}, and the limit is {} MiB; \
                         try a smaller batch or size",
                        graph.name(),
                        needed.div_ceil(1 << 20),
                        graph.input_shape()?,
                        REFERENCE_MEMORY >> 20
                    ),
                ))
            }
        }
    }

    /// Makes `graph` ready for up to `batch` images at once.
    ///
    /// # Errors
    /// As [`Device::admits`], and whatever stands in the way of loading the network.
    pub fn prepare(&self, graph: &Graph, weights: &Weights, batch: usize) -> Result<Executor> {
        match self {
            Device::Gpu(gpu) => {
                let options = SessionOptions {
                    batch,
                    ..SessionOptions::default()
                };
                let session = Session::new(gpu, graph, weights, &options)?;
                Ok(Executor::Gpu(Box::new(session)))
            }
            Device::Reference => {
                self.admits(graph, batch)?;
                Reference::new(graph.clone(), weights)
                    .map(|reference| Executor::Reference(Box::new(reference)))
            }
        }
    }

    /// Its name.
    pub fn describe(&self) -> String {
        match self {
            Device::Gpu(gpu) => gpu.description().to_string(),
            Device::Reference => REFERENCE.to_owned(),
        }
    }
}

/// A network that is ready to run.
pub enum Executor {
    /// Kernels on a GPU.
    Gpu(Box<Session>),
    /// The plain loops on the CPU.
    Reference(Box<Reference>),
}

impl Executor {
    /// Makes `graph` ready for up to `batch` images at once on the device of `place`.
    ///
    /// # Errors
    /// As [`Device::open`] and [`Device::prepare`].
    pub fn open(place: &Place, graph: &Graph, weights: &Weights, batch: usize) -> Result<Self> {
        Device::open(place)?.prepare(graph, weights, batch)
    }

    /// The network's answer for `input`, at most as many images as the executor was opened for.
    ///
    /// # Errors
    /// As `Session::run` and `Reference::run`.
    pub fn run(&mut self, input: &Tensor) -> Result<Tensor> {
        match self {
            Executor::Gpu(session) => session.run(input),
            Executor::Reference(reference) => reference.run(input),
        }
    }

    /// As [`Executor::run`], with all outputs of the graph, the answer first.
    ///
    /// # Errors
    /// As [`Executor::run`].
    pub fn run_outputs(&mut self, input: &Tensor) -> Result<Vec<Tensor>> {
        match self {
            Executor::Gpu(session) => session.run_outputs(input),
            Executor::Reference(reference) => reference.run_outputs(input),
        }
    }

    /// Name of what computes.
    pub fn describe(&self) -> String {
        match self {
            Executor::Gpu(session) => session.gpu().description().to_string(),
            Executor::Reference(_) => REFERENCE.to_owned(),
        }
    }
}

/// The device of `choice`, whose plans follow what `menagerie autotune` remembers, if they are to be `autotuned`.
///
/// # Errors
/// As `Gpu::open`.
pub fn open_gpu(choice: &AdapterChoice, autotuned: bool) -> Result<Gpu> {
    let gpu = Gpu::open(choice)?;
    if !autotuned {
        return Ok(gpu);
    }
    let tuning = remembered(&gpu);
    Ok(gpu.with_tuning(tuning))
}

/// What `menagerie autotune` remembers of a device: nothing, with a warning, where that is of no use any more.
pub fn remembered(gpu: &Gpu) -> Tuning {
    // Without a cache directory nothing can have been remembered.
    let Ok(cache) = Cache::of_user() else {
        return Tuning::NONE;
    };
    let tuning = tune::recall(&cache, gpu.description()).unwrap_or_else(|error| {
        warn(&format_args!(
            "{error}; `menagerie autotune` measures again"
        ));
        None
    });
    tuning.unwrap_or_default()
}

/// The GPU adapter that is meant; none for the reference executor.
pub fn gpu_choice(place: &Place) -> Option<AdapterChoice> {
    match &place.adapter {
        Adapter::Any => Some(AdapterChoice::Default),
        Adapter::Index(index) => Some(AdapterChoice::Index(*index)),
        Adapter::Name(name) => Some(AdapterChoice::Name(name.clone())),
        Adapter::Reference => None,
    }
}
