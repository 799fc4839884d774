//! The session: a plan turned into pipelines, tensors and bind groups once, then recorded into
//! command encoders as often as asked.

mod arenas;
mod bound_call;
pub(crate) mod device_tensor;
mod options;
mod parts;
mod pipelines;
mod preparation;
pub(crate) mod readback;
pub(crate) mod recording;
mod running;
mod scratch;
mod staging;
pub(crate) mod texels;
mod upload;
mod warm_up;

use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::gpu::Gpu;
use crate::graph::{Graph, Shape};
use crate::kernels::View;
use crate::kernels::interface::Shader;
use crate::profile::Interval;
use crate::program::{Planning, Program};
use crate::weights::Weights;
pub(crate) use bound_call::BoundCall;
use device_tensor::DeviceTensor;
pub use options::{SessionOptions, ShaderChecks};
pub use parts::{Budget, DispatchTimes, Run};
pub(crate) use pipelines::Pipelines;
pub(crate) use preparation::Clock;
pub use preparation::Preparation;
use readback::Readback;
pub use scratch::Scratch;
pub(crate) use upload::Read;

/// A network on a device, ready to run.
pub struct Session {
    gpu: Gpu,
    plan: Program,
    calls: Vec<BoundCall>,
    slots: Vec<DeviceTensor>,
    /// Of each output, the answer first.
    readbacks: Vec<Readback>,
    preparation: Preparation,
    /// Images of the last input from the host; all, where it comes from the device.
    images: usize,
}

impl Session {
    /// Prepares `graph` with `weights` on `gpu`.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`] where the weights are not the graph's; [`ErrorKind::Limit`] where a tensor is
    /// larger than the device allows; [`ErrorKind::Device`] where the device fails;
    /// [`ErrorKind::DeviceLost`] where it was lost.
    pub fn new(
        gpu: &Gpu,
        graph: &Graph,
        weights: &Weights,
        options: &SessionOptions,
    ) -> Result<Self> {
        let clock = Clock::start();
        weights.check(graph)?;
        let planning = Planning::of_batch(options.batch).tuned(gpu.tuning().clone());
        let plan = Program::new(graph, gpu.profile(), &planning)?;
        let read = |id, range| weights.elements(graph, id, range);
        Self::with_parameters(gpu, plan, &read, options, &clock)
    }

    /// Prepares a program of `graph` with `weights` on `gpu`: the batch is the program's.
    ///
    /// # Errors
    /// As [`Session::new`]; [`ErrorKind::Limit`] also where the program needs more than the device has.
    pub fn of_program(
        gpu: &Gpu,
        program: &Program,
        graph: &Graph,
        weights: &Weights,
        options: &SessionOptions,
    ) -> Result<Self> {
        let clock = Clock::start();
        weights.check(graph)?;
        let read = |id, range| weights.elements(graph, id, range);
        Self::with_parameters(gpu, program.clone(), &read, options, &clock)
    }

    /// Prepares a program whose parameters `read` gives, a range of one at a time.
    pub(crate) fn with_parameters(
        gpu: &Gpu,
        plan: Program,
        read: &Read<'_>,
        options: &SessionOptions,
        clock: &Clock,
    ) -> Result<Self> {
        let planned = clock.now();
        gpu.check()?;
        plan.check(gpu.native())?;
        let network = plan.name().to_owned();
        gpu.accepted(&network, || {
            let checks = options.shader_checks;
            let shaders = plan.shaders();
            let ((pipelines, compile), (weights, upload)) = std::thread::scope(|threads| {
                let compiling =
                    threads.spawn(|| clock.time(|| gpu.pipelines().get(gpu, &shaders, checks)));
                let weights = clock.time(|| upload::weights(gpu, &plan, read));
                let pipelines = compiling.join().unwrap_or_else(|_| {
                    let failed = Error::new(ErrorKind::Device, "compiling the kernels failed");
                    (Err(failed), Interval::default())
                });
                (pipelines, weights)
            });
            let (pipelines, weights) = (pipelines?, weights?);
            let pipeline_of = |shader: &Shader| {
                // Every shader of a dispatch is in the program's list.
                let index = shaders
                    .iter()
                    .position(|other| other == shader)
                    .unwrap_or_default();
                &*pipelines[index]
            };
            let scratch = options.scratch.clone().unwrap_or_default();
            let slots = scratch.slots(gpu, &plan);
            let calls = BoundCall::of_plan(gpu, &plan, pipeline_of, &slots, &weights);
            let readbacks = Readback::of_plan(gpu.device(), &plan, &slots);
            let images = plan.batch();
            Ok(Self {
                gpu: gpu.clone(),
                plan,
                calls,
                slots,
                readbacks,
                preparation: Preparation {
                    plan: Interval {
                        begin: Duration::ZERO,
                        end: planned,
                    },
                    compile,
                    upload,
                    whole: Interval {
                        begin: Duration::ZERO,
                        end: clock.now(),
                    },
                },
                images,
            })
        })
    }

    /// The plan that it carries out.
    pub fn plan(&self) -> &Program {
        &self.plan
    }

    /// The device that it runs on.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// How long it took to prepare.
    pub fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// Shape of one input image.
    pub fn input_shape(&self) -> Shape {
        self.plan.input().shape
    }

    /// Shape of the answer for one image.
    pub fn output_shape(&self) -> Shape {
        self.plan.output().shape
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

pub(crate) fn device_error(error: &wgpu::Error) -> Error {
    let text = error.to_string();
    let line: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    Error::new(
        ErrorKind::Device,
        format!("the device refused: {}", line.join(" ")),
    )
}
