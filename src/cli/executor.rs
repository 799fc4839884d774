//! What a network runs on: a GPU session, or the reference executor.

use menagerie::graph::Graph;
use menagerie::reference::Reference;
use menagerie::weights::Weights;
use menagerie::{Error, ErrorKind, Result, Tensor};
use serde_json::Value;

use super::arguments::Adapter;
use super::output::warn;

/// A network that is ready to run.
pub enum Executor {
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
        if *choice == Adapter::Reference {
            return Self::reference(graph, weights);
        }
        match Self::gpu(choice, graph, weights, batch) {
            Err(error) if *choice == Adapter::Any && error.kind() == ErrorKind::Adapter => {
                warn(&format_args!(
                    "{SOFTWARE_DRIVER}; the reference executor answers, slowly"
                ));
                Self::reference(graph, weights)
            }
            result => result,
        }
    }

    fn reference(graph: &Graph, weights: &Weights) -> Result<Self> {
        Reference::new(graph.clone(), weights).map(Executor::Reference)
    }

    fn gpu(_choice: &Adapter, _graph: &Graph, _weights: &Weights, _batch: usize) -> Result<Self> {
        Err(Error::new(ErrorKind::Adapter, "no GPU adapter was found"))
    }

    /// The network's answer for `input`, at most as many images as the executor was opened for.
    ///
    /// # Errors
    /// As `Reference::run` and `Session::run`.
    pub fn run(&self, input: &Tensor) -> Result<Tensor> {
        match self {
            Executor::Reference(reference) => reference.run(input),
        }
    }

    /// Name of what computes.
    pub fn describe(&self) -> String {
        match self {
            Executor::Reference(_) => REFERENCE.to_owned(),
        }
    }
}

/// An adapter as `menagerie adapters` shows it.
pub struct Listing {
    /// Index, name, backend and driver.
    pub line: String,
    /// Limits and features that are used.
    pub details: Vec<String>,
    /// The same for programs.
    pub json: Value,
}

/// The GPU adapters of this machine.
pub fn adapters() -> Vec<Listing> {
    Vec::new()
}

/// Name of the reference executor where adapters are named.
const REFERENCE: &str = "cpu (reference executor)";

/// What to do about a machine without a GPU adapter.
pub const SOFTWARE_DRIVER: &str =
    "no GPU adapter here; Debian's package mesa-vulkan-drivers has a software Vulkan driver";
