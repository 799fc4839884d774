//! What waits, for programs that have threads to wait on: each function here is the future of the same name with
//! `_async` behind it, driven to its end. A browser has none of them.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::error::Result;
use crate::frame::{
    Answers, BufferInput, BufferLayout, BufferOutput, ClassMapOutput, ContinuousRun, MaskOutput,
    TextureInput, TextureSource, TextureTarget,
};
use crate::gpu::{AdapterChoice, AdapterDescription, Gpu};
use crate::graph::Graph;
use crate::maps::ClassMaps;
use crate::network::{Device, DeviceChoice, Network, NetworkBuilder, Notice};
use crate::photo::Photo;
use crate::preprocess::Preprocess;
use crate::profile::{Profile, Roofline, TimedSession};
use crate::program::Program;
use crate::session::{Input, Output, Outputs, Parameters, Preparing, Session, SessionOptions};
use crate::tasks::{Classification, Explanation, Mask};
use crate::tensor::Tensor;
use crate::weights::Weights;
use crate::zoo::Task;

/// How long to sleep where another thread is about to hand over what the device has done.
const SHORTLY: Duration = Duration::from_millis(1);

impl Gpu {
    /// [`Gpu::adapters_async`].
    pub fn adapters() -> Vec<AdapterDescription> {
        pollster::block_on(Self::adapters_async())
    }

    /// [`Gpu::open_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn open(choice: &AdapterChoice) -> Result<Self> {
        pollster::block_on(Self::open_async(choice))
    }
}

impl Session {
    /// [`Session::new_async`], on all cores: kernels are compiled and parameters packed side by side.
    ///
    /// # Errors
    /// Its errors.
    pub fn new(
        gpu: &Gpu,
        graph: &Graph,
        weights: &Weights,
        options: &SessionOptions,
    ) -> Result<Self> {
        Preparing::new(gpu, graph, weights, options)?.on_threads()
    }

    /// [`Session::of_program_async`], on all cores.
    ///
    /// # Errors
    /// Its errors.
    pub fn of_program(
        program: &Program,
        parameters: &Parameters,
        options: &SessionOptions,
    ) -> Result<Self> {
        Preparing::of_program(program, parameters, options)?.on_threads()
    }

    /// [`Session::run_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn run(&mut self, input: &Tensor) -> Result<Tensor> {
        wait(&self.gpu().clone(), self.run_async(input))
    }

    /// [`Session::run_outputs_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn run_outputs(&mut self, input: &Tensor) -> Result<Vec<Tensor>> {
        wait(&self.gpu().clone(), self.run_outputs_async(input))
    }

    /// [`Session::run_named_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn run_named(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Outputs> {
        wait(&self.gpu().clone(), self.run_named_async(inputs))
    }

    /// [`Session::read_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn read(&mut self) -> Result<Tensor> {
        wait(&self.gpu().clone(), self.read_async())
    }

    /// [`Session::read_outputs_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn read_outputs(&mut self) -> Result<Vec<Tensor>> {
        wait(&self.gpu().clone(), self.read_outputs_async())
    }

    /// [`Session::profile_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn profile(&mut self, input: &Tensor, runs: usize) -> Result<Profile> {
        wait(&self.gpu().clone(), self.profile_async(input, runs))
    }
}

impl TimedSession {
    /// [`TimedSession::run_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn run(&mut self) -> Result<Duration> {
        wait(&self.gpu().clone(), self.run_async())
    }
}

impl Roofline {
    /// [`Roofline::measure_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn measure(gpu: &Gpu) -> Result<Self> {
        wait(gpu, Self::measure_async(gpu))
    }
}

impl Answers {
    /// [`Answers::new_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn new<'a>(output: impl Into<Output<'a>>, depth: usize) -> Result<Self> {
        pollster::block_on(Self::new_async(output, depth))
    }
}

impl<T: Clone> ContinuousRun<T> {
    /// [`ContinuousRun::new_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn new<'a>(output: impl Into<Output<'a>>, depth: usize) -> Result<Self> {
        pollster::block_on(Self::new_async(output, depth))
    }
}

impl BufferInput {
    /// [`BufferInput::new_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn new<'a>(
        input: impl Into<Input<'a>>,
        buffer: &wgpu::Buffer,
        offset: u64,
        layout: BufferLayout,
    ) -> Result<Self> {
        pollster::block_on(Self::new_async(input, buffer, offset, layout))
    }
}

impl BufferOutput {
    /// [`BufferOutput::new_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn new<'a>(
        output: impl Into<Output<'a>>,
        buffer: &wgpu::Buffer,
        offset: u64,
        layout: BufferLayout,
    ) -> Result<Self> {
        pollster::block_on(Self::new_async(output, buffer, offset, layout))
    }
}

impl TextureInput {
    /// [`TextureInput::new_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn new<'a>(
        input: impl Into<Input<'a>>,
        source: &TextureSource<'_>,
        preprocess: &Preprocess,
        image: usize,
    ) -> Result<Self> {
        pollster::block_on(Self::new_async(input, source, preprocess, image))
    }
}

impl MaskOutput {
    /// [`MaskOutput::new_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn new<'a>(output: impl Into<Output<'a>>, target: &TextureTarget<'_>) -> Result<Self> {
        pollster::block_on(Self::new_async(output, target))
    }
}

impl ClassMapOutput {
    /// [`ClassMapOutput::new_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn new<'a>(
        scores: impl Into<Output<'a>>,
        maps: &ClassMaps,
        target: &TextureTarget<'_>,
    ) -> Result<Self> {
        pollster::block_on(Self::new_async(scores, maps, target))
    }
}

impl Network {
    /// [`Network::load_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn load(name: impl Into<String>) -> Result<Self> {
        pollster::block_on(Self::load_async(name))
    }

    /// [`Network::prepare_async`], on all cores.
    ///
    /// # Errors
    /// Its errors.
    pub fn prepare(&mut self) -> Result<()> {
        self.prepare_wanted(self.usual_shape()?.into())
    }

    /// [`Network::run_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn run(&mut self, input: &Tensor) -> Result<Tensor> {
        self.prepare_wanted(input.shape().into())?;
        wait_on(&self.device().clone(), self.run_async(input))
    }

    /// [`Network::run_named_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn run_named(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Outputs> {
        self.prepare_wanted(self.named_shape(inputs)?.into())?;
        wait_on(&self.device().clone(), self.run_named_async(inputs))
    }

    /// [`Network::profile_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn profile(&mut self, runs: usize) -> Result<Profile> {
        self.prepare()?;
        wait_on(&self.device().clone(), self.profile_async(runs))
    }

    /// [`Network::classify_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn classify(&mut self, photo: &Photo) -> Result<Classification> {
        let input = self.classified_input(photo)?;
        Ok(self.classify_inputs(&input)?.swap_remove(0))
    }

    /// [`Network::classify_all_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn classify_all(&mut self, photos: &[Photo]) -> Result<Vec<Classification>> {
        self.check_task(Task::Classify)?;
        self.prepare()?;
        wait_on(&self.device().clone(), self.classify_all_async(photos))
    }

    /// [`Network::classify_inputs_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn classify_inputs(&mut self, inputs: &Tensor) -> Result<Vec<Classification>> {
        self.check_task(Task::Classify)?;
        self.prepare_wanted(inputs.shape().into())?;
        wait_on(&self.device().clone(), self.classify_inputs_async(inputs))
    }

    /// [`Network::segment_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn segment(&mut self, photo: &Photo) -> Result<Mask> {
        let shape = self.segmented_shape(photo)?;
        let prepared = self.prepare_wanted(shape.into());
        prepared.map_err(|error| self.explained(error, shape))?;
        wait_on(&self.device().clone(), self.segment_async(photo))
    }

    /// [`Network::explain_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn explain(
        &mut self,
        photo: &Photo,
        class: impl Into<Option<usize>>,
    ) -> Result<Explanation> {
        self.prepare_wanted(self.explained_input(photo)?)?;
        wait_on(&self.device().clone(), self.explain_async(photo, class))
    }
}

impl NetworkBuilder<'_> {
    /// [`NetworkBuilder::load_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn load(self) -> Result<Network> {
        pollster::block_on(self.load_async())
    }
}

impl Device {
    /// [`Device::open_async`].
    ///
    /// # Errors
    /// Its errors.
    pub fn open(
        choice: &DeviceChoice,
        autotuned: bool,
        notices: &mut (dyn FnMut(Notice) + Send + '_),
    ) -> Result<Self> {
        pollster::block_on(Self::open_async(choice, autotuned, notices))
    }
}

/// Drives `work` to its end, and `device` with it.
fn wait_on<T>(device: &Device, work: impl Future<Output = Result<T>>) -> Result<T> {
    match device.gpu() {
        Some(gpu) => wait(gpu, work),
        None => pollster::block_on(work),
    }
}

/// Drives `work` to its end, and `gpu` with it: what it waits for is what the device was last told to do.
fn wait<T>(gpu: &Gpu, work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut work = pin!(work);
    let alarm = Arc::new(Alarm {
        sleeper: thread::current(),
        rung: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&alarm));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
            return done;
        }
        if !alarm.has_rung() {
            gpu.wait()?;
        }
        // What is done may be in the hands of another thread that polled the device.
        if !alarm.has_rung() {
            thread::park_timeout(SHORTLY);
        }
    }
}

/// Wakes a thread.
struct Alarm {
    sleeper: Thread,
    rung: AtomicBool,
}

impl Alarm {
    /// Whether it has rung since this was asked last.
    fn has_rung(&self) -> bool {
        self.rung.swap(false, Ordering::Acquire)
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.sleeper.unpark();
    }
}
