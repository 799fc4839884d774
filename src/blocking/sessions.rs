//! Blocking functions for devices, sessions and measurements.

use std::time::Duration;

use super::wait;
use crate::error::Result;
use crate::gpu::{AdapterChoice, AdapterDescription, Gpu};
use crate::graph::Graph;
use crate::profile::{Profile, Roofline, TimedSession};
use crate::program::Program;
use crate::session::{Outputs, Parameters, Preparing, Session, SessionOptions};
use crate::tensor::Tensor;
use crate::weights::Weights;

impl Gpu {
    /// [`Gpu::adapters_async`].
    pub fn adapters() -> Vec<AdapterDescription> {
        pollster::block_on(Self::adapters_async())
    }

    /// [`Gpu::open_async`].
    ///
    /// # Errors
    /// The same.
    pub fn open(choice: &AdapterChoice) -> Result<Self> {
        pollster::block_on(Self::open_async(choice))
    }
}

impl Session {
    /// [`Session::new_async`], on all cores: kernels are compiled and parameters packed in parallel.
    ///
    /// # Errors
    /// The same.
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
    /// The same.
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
    /// The same.
    pub fn run(&mut self, input: &Tensor) -> Result<Tensor> {
        wait(&self.gpu().clone(), self.run_async(input))
    }

    /// [`Session::run_outputs_async`].
    ///
    /// # Errors
    /// The same.
    pub fn run_outputs(&mut self, input: &Tensor) -> Result<Vec<Tensor>> {
        wait(&self.gpu().clone(), self.run_outputs_async(input))
    }

    /// [`Session::run_named_async`].
    ///
    /// # Errors
    /// The same.
    pub fn run_named(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Outputs> {
        wait(&self.gpu().clone(), self.run_named_async(inputs))
    }

    /// [`Session::read_async`].
    ///
    /// # Errors
    /// The same.
    pub fn read(&mut self) -> Result<Tensor> {
        wait(&self.gpu().clone(), self.read_async())
    }

    /// [`Session::read_outputs_async`].
    ///
    /// # Errors
    /// The same.
    pub fn read_outputs(&mut self) -> Result<Vec<Tensor>> {
        wait(&self.gpu().clone(), self.read_outputs_async())
    }

    /// [`Session::profile_async`].
    ///
    /// # Errors
    /// The same.
    pub fn profile(&mut self, input: &Tensor, runs: usize) -> Result<Profile> {
        wait(&self.gpu().clone(), self.profile_async(input, runs))
    }

    /// [`Session::profile_named_async`].
    ///
    /// # Errors
    /// The same.
    pub fn profile_named(&mut self, inputs: &[(&str, &Tensor)], runs: usize) -> Result<Profile> {
        wait(&self.gpu().clone(), self.profile_named_async(inputs, runs))
    }
}

impl TimedSession {
    /// [`TimedSession::run_async`].
    ///
    /// # Errors
    /// The same.
    pub fn run(&mut self) -> Result<Duration> {
        wait(&self.gpu().clone(), self.run_async())
    }
}

impl Roofline {
    /// [`Roofline::measure_async`].
    ///
    /// # Errors
    /// The same.
    pub fn measure(gpu: &Gpu) -> Result<Self> {
        wait(gpu, Self::measure_async(gpu))
    }
}
