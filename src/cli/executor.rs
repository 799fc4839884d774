//! What a network runs on: a GPU session, or the reference executor.

use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::graph::Graph;
use menagerie::reference::Reference;
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;
use menagerie::{ErrorKind, Result, Tensor};

use super::arguments::Adapter;
use super::output::warn;

/// Name of the reference executor where adapters are named.
const REFERENCE: &str = "cpu (reference executor)";

/// What to do about a machine without a GPU adapter.
pub const NO_ADAPTER: &str =
    "no GPU adapter here; Debian's package mesa-vulkan-drivers has a software Vulkan driver";

/// A network that is ready to run.
pub enum Executor {
    /// Kernels on a GPU.
    Gpu(Box<Session>),
    /// The plain loops on the CPU.
    Reference(Reference),
}

impl Executor {
    /// Makes `graph` ready for up to `batch` images at once. Where nothing was asked for and there is
    /// no GPU, the reference executor takes over, and a warning says so.
    ///
    /// # Errors
    /// `ErrorKind::Adapter` where the adapter that was asked for is not there, and whatever stands in
    /// the way of loading the network.
    pub fn open(choice: &Adapter, graph: &Graph, weights: &Weights, batch: usize) -> Result<Self> {
        let Some(choice) = gpu_choice(choice) else {
            return Self::reference(graph, weights);
        };
        let gpu = match Gpu::open(&choice) {
            Err(error)
                if choice == AdapterChoice::Default && error.kind() == ErrorKind::Adapter =>
            {
                warn(&format_args!(
                    "{NO_ADAPTER}; the reference executor answers, slowly"
                ));
                return Self::reference(graph, weights);
            }
            gpu => gpu?,
        };
        let options = SessionOptions {
            batch,
            ..SessionOptions::default()
        };
        let session = Session::new(&gpu, graph, weights, &options)?;
        Ok(Executor::Gpu(Box::new(session)))
    }

    fn reference(graph: &Graph, weights: &Weights) -> Result<Self> {
        Reference::new(graph.clone(), weights).map(Executor::Reference)
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

    /// Name of what computes.
    pub fn describe(&self) -> String {
        match self {
            Executor::Gpu(session) => session.gpu().description().to_string(),
            Executor::Reference(_) => REFERENCE.to_owned(),
        }
    }
}

/// The GPU adapter that is meant; none for the reference executor.
pub fn gpu_choice(adapter: &Adapter) -> Option<AdapterChoice> {
    match adapter {
        Adapter::Any => Some(AdapterChoice::Default),
        Adapter::Index(index) => Some(AdapterChoice::Index(*index)),
        Adapter::Name(name) => Some(AdapterChoice::Name(name.clone())),
        Adapter::Reference => None,
    }
}
