//! The session: a program that is ready to run. Pipelines, tensors and bind groups are made once; each run only records
//! dispatches into a command encoder.

mod arenas;
mod belt;
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
mod range_watch;
mod readback;
mod running;
mod scratch;
mod staging;
mod upload;

use crate::error::Result;
pub use crate::gpu::ShaderChecks;
use crate::gpu::{DeviceTensor, Gpu};
use crate::graph::Graph;
use crate::kernels::{QUAD, View};
use crate::program::Program;
use crate::tensor::Shape;
use crate::weights::Weights;
pub(crate) use bound_call::BoundCall;
pub(crate) use inputs::named;
pub use options::SessionOptions;
pub use parameters::Parameters;
pub use parts::{Budget, DispatchTimes, Run};
use ports::Ports;
pub use ports::{Input, Output, Outputs, Port};
pub use preparation::Preparation;
pub(crate) use preparing::Preparing;
use range_watch::RangeWatch;
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
    /// The readback of each output; the first is the main output.
    readbacks: Vec<Readback>,
    range: Option<RangeWatch>,
    clamp: bool,
    preparation: Preparation,
    /// Memory for the input of a run, in the device's order.
    staged: Vec<[f32; QUAD]>,
    /// Number of images of the last input that the host wrote; the whole batch if inputs come from the device.
    images: usize,
}

impl Session {
    /// Prepares `graph` with `weights` on `gpu`. It yields to the executor after each kernel and each piece of the
    /// parameters. On native targets, [`Session::new`] uses all cores instead.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`] if the weights do not belong to the graph. [`ErrorKind::Limit`] if a tensor is larger than
    /// the device allows. [`ErrorKind::Device`] if the device fails. [`ErrorKind::DeviceLost`] if it was lost.
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

    /// Prepares `program` on the device of `parameters`, for the batch of the program. Parameters that are not yet on the
    /// device are uploaded.
    ///
    /// # Errors
    /// As [`Session::new_async`]; [`ErrorKind::Limit`](crate::ErrorKind::Limit) also if the program needs more than the
    /// device has.
    pub async fn of_program_async(
        program: &Program,
        parameters: &Parameters,
        options: &SessionOptions,
    ) -> Result<Self> {
        let preparing = Preparing::of_program(program, parameters, options)?;
        preparing.in_turns().await
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The device.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Its parameters on the device, which other sessions can share.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The times of its preparation.
    pub fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// Shape of one input image.
    pub fn input_shape(&self) -> Shape {
        self.program.input().shape
    }

    /// Shape of the main output, for one image.
    pub fn output_shape(&self) -> Shape {
        self.program.output().shape
    }

    /// The memory slot of `view`.
    pub(crate) fn slot(&self, view: &View) -> &DeviceTensor {
        &self.slots[view.place.slot]
    }

    /// The place of `view` as a binding.
    pub(crate) fn binding(&self, view: &View) -> wgpu::BindingResource<'_> {
        self.slot(view).binding_of(view.place)
    }
}
