//! Preparing a session from a program.

use std::sync::Arc;
use std::time::Duration;

use super::bound_call::BoundCall;
use super::parameters::Parameters;
use super::ports::Ports;
use super::range_watch::RangeWatch;
use super::readback::Readback;
use super::{Preparation, Session, SessionOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{Gpu, Pipeline};
use crate::graph::Graph;
use crate::kernels::interface::Shader;
use crate::program::Program;
use crate::timing::{Clock, Interval};
use crate::turn::turn;
use crate::weights::Weights;

/// A session in preparation: its kernels must be compiled, and its parameters uploaded.
pub struct Preparing<'a> {
    pub(super) options: &'a SessionOptions,
    pub(super) program: Program,
    pub(super) parameters: Parameters,
    pub(super) shaders: Vec<Shader>,
    pub(super) clock: Clock,
    planned: Duration,
}

impl<'a> Preparing<'a> {
    /// Checks `weights` against `graph`, and plans the graph.
    ///
    /// # Errors
    /// As [`Session::new_async`].
    pub fn new(
        gpu: &Gpu,
        graph: &Graph,
        weights: &Weights,
        options: &'a SessionOptions,
    ) -> Result<Self> {
        let clock = Clock::start();
        let parameters = Parameters::new(gpu, &weights.bind(graph)?);
        let planning = options.planning().tuned(gpu.tuning().clone());
        let program = Program::new(graph, gpu.profile(), &planning)?;
        Self::begun(&program, &parameters, options, clock)
    }

    /// The preparation of a session for `program` and its `parameters`.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] if the device was lost. [`ErrorKind::Limit`] if the program needs more than the device
    /// has.
    pub fn of_program(
        program: &Program,
        parameters: &Parameters,
        options: &'a SessionOptions,
    ) -> Result<Self> {
        Self::begun(program, parameters, options, Clock::start())
    }

    fn begun(
        program: &Program,
        parameters: &Parameters,
        options: &'a SessionOptions,
        clock: Clock,
    ) -> Result<Self> {
        let planned = clock.now();
        let gpu = parameters.gpu();
        gpu.check()?;
        program.check(gpu.native())?;
        Ok(Self {
            options,
            shaders: program.shaders(),
            program: program.clone(),
            parameters: parameters.clone(),
            clock,
            planned,
        })
    }

    pub(super) fn gpu(&self) -> &Gpu {
        self.parameters.gpu()
    }

    /// The parameters that are not yet on the device.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn missing(&self) -> super::parameters::Missing {
        self.parameters.missing(&self.program)
    }

    /// Prepares the session, and yields to the executor after each kernel and each piece of the parameters. So neither
    /// an application nor a web page is blocked for long.
    ///
    /// # Errors
    /// As [`Session::new_async`].
    pub async fn in_turns(self) -> Result<Session> {
        let gpu = self.gpu().clone();
        let network = self.program.name().to_owned();
        let begin = self.clock.now();
        let mut pipelines = Vec::new();
        for shader in &self.shaders {
            pipelines.push(self.compile(shader.clone()).await?);
            turn().await;
        }
        let compile = self.clock.since(begin);

        let begin = self.clock.now();
        self.parameters.prepare_async(&self.program).await?;
        let upload = self.clock.since(begin);

        let session = || self.assemble(pipelines, compile, upload);
        gpu.accepted(&network, session).await
    }

    /// Compiles one of its shaders.
    ///
    /// # Errors
    /// [`ErrorKind::Device`] if the device refuses the kernel.
    pub(super) async fn compile(&self, shader: Shader) -> Result<Arc<Pipeline>> {
        let gpu = self.gpu();
        gpu.pipelines()
            .find_or_compile(gpu, shader, self.options.shader_checks)
            .await
    }

    /// Makes the session from its `pipelines` and uploaded parameters. `compile` and `upload` are the times of both.
    pub(super) fn assemble(
        self,
        pipelines: Vec<Arc<Pipeline>>,
        compile: Interval,
        upload: Interval,
    ) -> Result<Session> {
        let Self {
            options,
            program,
            parameters,
            shaders,
            clock,
            planned,
        } = self;
        let gpu = parameters.gpu().clone();
        let pipeline_of = |shader: &Shader| {
            // The program's list has the shader of every dispatch.
            let index = shaders.iter().position(|other| other == shader);
            &*pipelines[index.unwrap_or_default()]
        };
        let Some(places) = parameters.places(&program) else {
            return Err(Error::new(
                ErrorKind::Device,
                format!("{}: its parameters are not on the device", program.name()),
            ));
        };
        let scratch = options.scratch.clone().unwrap_or_default();
        let slots = scratch.slots(&gpu, &program)?;
        let range = RangeWatch::of_program(&gpu, &program)?;
        let calls =
            BoundCall::of_program(&gpu, &program, pipeline_of, &slots, &places, range.as_ref())?;
        let readbacks = Readback::of_program(&gpu, &program, &slots)?;
        gpu.pipelines().keep();
        Ok(Session {
            gpu,
            parameters,
            ports: Ports::new(&program),
            images: program.batch(),
            program,
            calls,
            slots,
            readbacks,
            staged: Vec::new(),
            range,
            clamp: options.clamp,
            preparation: Preparation {
                plan: Interval {
                    begin: Duration::ZERO,
                    end: planned,
                },
                compile,
                upload,
                whole: clock.since(Duration::ZERO),
            },
        })
    }
}
