//! From a plan to a session.

use std::sync::Arc;
use std::time::Duration;

use super::bound_call::BoundCall;
use super::ports::Ports;
use super::readback::Readback;
use super::upload::{self, Upload};
use super::{Preparation, Session, SessionOptions};
use crate::error::Result;
use crate::gpu::{DeviceTensor, Gpu, Pipeline, turn};
use crate::graph::Graph;
use crate::kernels::Kernel;
use crate::plan::Plan;
use crate::timing::{Clock, Interval};
use crate::weights::Weights;

/// A session that is yet to be made: its kernels to be compiled, its parameters to be brought to the device.
pub struct Preparing<'a> {
    pub(super) gpu: &'a Gpu,
    pub(super) graph: &'a Graph,
    pub(super) weights: &'a Weights,
    pub(super) options: &'a SessionOptions,
    pub(super) plan: Plan,
    pub(super) kernels: Vec<&'static Kernel>,
    pub(super) clock: Clock,
    planned: Duration,
}

impl<'a> Preparing<'a> {
    /// Checks `weights` against `graph`, and plans it.
    ///
    /// # Errors
    /// As [`Session::new_async`].
    pub fn new(
        gpu: &'a Gpu,
        graph: &'a Graph,
        weights: &'a Weights,
        options: &'a SessionOptions,
    ) -> Result<Self> {
        let clock = Clock::start();
        weights.check(graph)?;
        let plan = Plan::new(graph, options.batch, gpu.profile())?;
        Self::of_plan(gpu, graph, weights, options, plan, clock)
    }

    /// Of a `plan` that may be of something else than a network.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`](crate::ErrorKind::DeviceLost) where the device was lost.
    pub fn of_plan(
        gpu: &'a Gpu,
        graph: &'a Graph,
        weights: &'a Weights,
        options: &'a SessionOptions,
        plan: Plan,
        clock: Clock,
    ) -> Result<Self> {
        let planned = clock.now();
        gpu.check()?;
        Ok(Self {
            gpu,
            graph,
            weights,
            options,
            kernels: plan.kernels(),
            plan,
            clock,
            planned,
        })
    }

    /// One kernel and one piece of the parameters a turn, so that neither the host nor a page stands still for long.
    ///
    /// # Errors
    /// As [`Session::new_async`].
    pub async fn in_turns(self) -> Result<Session> {
        let Self { gpu, graph, .. } = self;
        let network = self.plan.network.clone();
        let begin = self.clock.now();
        let mut pipelines = Vec::new();
        for kernel in &self.kernels {
            pipelines.push(self.compile(kernel).await?);
            turn().await;
        }
        let compile = self.clock.since(begin);

        let begin = self.clock.now();
        let upload = gpu.attempt(&network, || Ok(Upload::new(gpu, &self.plan)));
        let mut upload = upload.await?;
        let mut texels = Vec::new();
        for part in upload::parts(graph, &self.plan) {
            part.pack(graph, self.weights, &mut texels)?;
            let submitted = gpu
                .attempt(&network, || Ok(upload.make_room(&texels)))
                .await?;
            if let Some(submitted) = submitted {
                submitted.done(gpu).await?;
            }
            gpu.attempt(&network, || upload.write(&part, &texels))
                .await?;
            turn().await;
        }
        let parameters = gpu.attempt(&network, || Ok(upload.finish())).await?;
        let upload = self.clock.since(begin);

        let session = || Ok(self.assemble(pipelines, compile, &parameters, upload));
        gpu.accepted(&network, session).await
    }

    /// The pipeline of one of its kernels.
    ///
    /// # Errors
    /// [`ErrorKind::Device`](crate::ErrorKind::Device) where the device refuses the kernel.
    pub(super) async fn compile(&self, kernel: &'static Kernel) -> Result<Arc<Pipeline>> {
        let (shared, checks) = (self.plan.shared_slots, self.options.shader_checks);
        let pipelines = self.gpu.pipelines();
        pipelines
            .find_or_compile(self.gpu, kernel, shared, checks)
            .await
    }

    /// The session, of the `pipelines` of its kernels and its `parameters` on the device, and of when they came to be.
    pub(super) fn assemble(
        self,
        pipelines: Vec<Arc<Pipeline>>,
        compile: Interval,
        parameters: &[DeviceTensor],
        upload: Interval,
    ) -> Session {
        let Self {
            gpu,
            graph,
            options,
            plan,
            kernels,
            clock,
            planned,
            ..
        } = self;
        let pipeline_of = |kernel: &Kernel| {
            // Every kernel that a dispatch names is in the plan's list.
            let index = kernels.iter().position(|&other| other == kernel);
            &*pipelines[index.unwrap_or_default()]
        };
        let scratch = options.scratch.clone().unwrap_or_default();
        let slots = scratch.slots(gpu, &plan);
        let calls = BoundCall::of_plan(gpu, &plan, pipeline_of, &slots, parameters);
        let readbacks = Readback::of_plan(gpu.device(), &plan, &slots);
        Session {
            gpu: gpu.clone(),
            ports: Ports::new(graph, &plan),
            images: plan.batch,
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
                whole: clock.since(Duration::ZERO),
            },
        }
    }
}
