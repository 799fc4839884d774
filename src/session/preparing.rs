//! From a plan to a session.

use std::sync::Arc;
use std::time::Duration;

use super::arenas::Arenas;
use super::bound_call::BoundCall;
use super::ports::Ports;
use super::readback::Readback;
use super::upload::{self, Read, Upload, Uploaded};
use super::{Preparation, Session, SessionOptions};
use crate::error::Result;
use crate::gpu::{DeviceTensor, Gpu, Pipeline, turn};
use crate::graph::Graph;
use crate::kernels::interface::Shader;
use crate::program::{Planning, Program};
use crate::timing::{Clock, Interval};
use crate::weights::Weights;

/// A session that is yet to be made: its kernels to be compiled, its parameters to be brought to the device.
pub struct Preparing<'a> {
    pub(super) gpu: &'a Gpu,
    pub(super) read: Box<Read<'a>>,
    pub(super) options: &'a SessionOptions,
    pub(super) plan: Program,
    pub(super) shaders: Vec<Shader>,
    pub(super) arenas: Arenas,
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
        let planning = Planning::of_batch(options.batch).tuned(gpu.tuning().clone());
        let plan = Program::new(graph, gpu.profile(), &planning)?;
        let read = Box::new(|id, range| weights.elements(graph, id, range));
        Self::of_program(gpu, plan, read, options, clock)
    }

    /// Checks `weights` against `graph`, whose program this is.
    ///
    /// # Errors
    /// As [`Session::of_program_async`].
    pub fn with_weights(
        gpu: &'a Gpu,
        program: &Program,
        graph: &'a Graph,
        weights: &'a Weights,
        options: &'a SessionOptions,
    ) -> Result<Self> {
        let clock = Clock::start();
        weights.check(graph)?;
        let read = Box::new(|id, range| weights.elements(graph, id, range));
        Self::of_program(gpu, program.clone(), read, options, clock)
    }

    /// Of a program whose parameters `read` gives, a range of one at a time.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`](crate::ErrorKind::DeviceLost) where the device was lost;
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) where the program needs more than the device has.
    pub fn of_program(
        gpu: &'a Gpu,
        plan: Program,
        read: Box<Read<'a>>,
        options: &'a SessionOptions,
        clock: Clock,
    ) -> Result<Self> {
        let planned = clock.now();
        gpu.check()?;
        plan.check(gpu.profile())?;
        Ok(Self {
            gpu,
            read,
            options,
            shaders: plan.shaders(),
            arenas: Arenas::of(plan.recipes(), plan.profile().max_texels()),
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
        let gpu = self.gpu;
        let network = self.plan.name().to_owned();
        let begin = self.clock.now();
        let mut pipelines = Vec::new();
        for &shader in &self.shaders {
            pipelines.push(self.compile(shader).await?);
            turn().await;
        }
        let compile = self.clock.since(begin);

        let begin = self.clock.now();
        let upload = gpu.attempt(&network, || Ok(Upload::new(gpu, &self.plan, &self.arenas)));
        let mut upload = upload.await?;
        let mut texels = Vec::new();
        for part in upload::parts(&self.plan, &self.arenas) {
            part.pack(&self.read, &mut texels)?;
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
        let tensors = gpu.attempt(&network, || Ok(upload.finish())).await?;
        let upload = self.clock.since(begin);

        let session = || Ok(self.assemble(pipelines, compile, tensors, upload));
        gpu.accepted(&network, session).await
    }

    /// The pipeline of one of its kernels.
    ///
    /// # Errors
    /// [`ErrorKind::Device`](crate::ErrorKind::Device) where the device refuses the kernel.
    pub(super) async fn compile(&self, shader: Shader) -> Result<Arc<Pipeline>> {
        let pipelines = self.gpu.pipelines();
        pipelines
            .find_or_compile(self.gpu, shader, self.options.shader_checks)
            .await
    }

    /// The session, of the `pipelines` of its kernels and the `tensors` of its parameters, and of when they came to be.
    pub(super) fn assemble(
        self,
        pipelines: Vec<Arc<Pipeline>>,
        compile: Interval,
        tensors: Vec<DeviceTensor>,
        upload: Interval,
    ) -> Session {
        let Self {
            gpu,
            options,
            plan,
            shaders,
            arenas,
            clock,
            planned,
            ..
        } = self;
        let pipeline_of = |shader: &Shader| {
            // Every shader of a dispatch is in the program's list.
            let index = shaders.iter().position(|other| other == shader);
            &*pipelines[index.unwrap_or_default()]
        };
        let parameters = Uploaded { arenas, tensors };
        let scratch = options.scratch.clone().unwrap_or_default();
        let slots = scratch.slots(gpu, &plan);
        let calls = BoundCall::of_plan(gpu, &plan, pipeline_of, &slots, &parameters);
        let readbacks = Readback::of_plan(gpu.device(), &plan, &slots);
        Session {
            gpu: gpu.clone(),
            ports: Ports::new(&plan),
            images: plan.batch(),
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
