//! The session: a program turned into pipelines, tensors and bind groups once, then recorded into
//! command encoders as often as asked.

mod arenas;
mod bound_call;
mod inputs;
#[cfg(not(target_arch = "wasm32"))]
mod on_threads;
mod options;
mod parameters;
mod parts;
mod ports;
mod preparation;
mod preparing;
#[cfg(not(target_arch = "wasm32"))]
mod probe;
pub(crate) mod quads;
mod readback;
mod running;
mod scratch;
mod staging;
mod upload;

use crate::error::Result;
pub use crate::gpu::ShaderChecks;
use crate::gpu::{DeviceTensor, Gpu};
use crate::graph::Graph;
use crate::kernels::View;
use crate::program::Program;
use crate::tensor::Shape;
use crate::weights::Weights;
pub(crate) use bound_call::BoundCall;
pub use options::SessionOptions;
pub use parameters::Parameters;
pub use parts::{Budget, DispatchTimes, Run};
use ports::Ports;
pub use ports::{Input, Output, Outputs, Port};
pub use preparation::Preparation;
pub(crate) use preparing::Preparing;
use readback::Readback;
pub use scratch::Scratch;

/// A network on a device, ready to run.
pub struct Session {
    gpu: Gpu,
    parameters: Parameters,
    program: Program,
    ports: Ports,
    calls: Vec<BoundCall>,
    slots: Vec<DeviceTensor>,
    /// Of each output, the answer first.
    readbacks: Vec<Readback>,
    preparation: Preparation,
    /// Images of the last input from the host; all, where it comes from the device.
    images: usize,
}

impl Session {
    /// Prepares `graph` with `weights` on `gpu`, one kernel and one piece of the parameters a turn. Natively,
    /// [`Session::new`] does it on all cores.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`] where the weights are not the graph's; [`ErrorKind::Limit`] where a tensor is
    /// larger than the device allows; [`ErrorKind::Device`] where the device fails;
    /// [`ErrorKind::DeviceLost`] where it was lost.
    ///
    /// [`ErrorKind::Weights`]: crate::ErrorKind::Weights
    /// [`ErrorKind::Limit`]: crate::ErrorKind::Limit
    /// [`ErrorKind::Device`]: crate::ErrorKind::Device
    /// [`ErrorKind::DeviceLost`]: crate::ErrorKind::DeviceLost
    pub async fn new_async(
        gpu: &Gpu,
        graph: &Graph,
        weights: &Weights,
        options: &SessionOptions,
    ) -> Result<Self> {
        let preparing = Preparing::new(gpu, graph, weights, options)?;
        preparing.in_turns().await
    }

    /// Prepares a program with `parameters`, which brings to the device what the program needs and is not there yet: the
    /// batch is the program's, the device that of the parameters.
    ///
    /// # Errors
    /// As [`Session::new_async`]; [`ErrorKind::Limit`](crate::ErrorKind::Limit) also where the program needs more than
    /// the device has.
    pub async fn of_program_async(
        program: &Program,
        parameters: &Parameters,
        options: &SessionOptions,
    ) -> Result<Self> {
        let preparing = Preparing::of_program(program, parameters, options)?;
        preparing.in_turns().await
    }

    /// The program that it runs.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The device that it runs on.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Its parameters on the device, for further sessions.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// How long it took to prepare.
    pub fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// Shape of one input image.
    pub fn input_shape(&self) -> Shape {
        self.program.input().shape
    }

    /// Shape of the answer for one image.
    pub fn output_shape(&self) -> Shape {
        self.program.output().shape
    }

    /// The slot that holds what `view` sees.
    pub(crate) fn slot(&self, view: &View) -> &DeviceTensor {
        &self.slots[view.place.slot]
    }

    /// What `view` sees as a binding.
    pub(crate) fn binding(&self, view: &View) -> wgpu::BindingResource<'_> {
        self.slot(view).binding_of(view.place)
    }
}
