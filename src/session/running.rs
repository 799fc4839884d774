//! A run: the input in, the dispatches recorded, the answers out.

use std::ops::Range;

use super::readback::Readback;
use super::{Session, device_error, recording, texels};
use crate::error::{Error, ErrorKind, Result};
use crate::profile::Timing;
use crate::profile::timer::{Span, Timer};
use crate::tensor::Tensor;

impl Session {
    /// Hands over the images of the next run. The queue copies them before its next submission.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where the images have another shape than the network's input, or are more
    /// than the session's batch; [`ErrorKind::DeviceLost`] where the device was lost.
    pub fn write_input(&mut self, input: &Tensor) -> Result<()> {
        let view = self.plan.input();
        if input.shape() != view.shape {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{} takes images of {}, found {}",
                    self.plan.name(),
                    view.shape,
                    input.shape()
                ),
            ));
        }
        if input.batch() > self.plan.batch() {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "this session takes at most {} images at once, found {}",
                    self.plan.batch(),
                    input.batch()
                ),
            ));
        }
        let texels = texels::from_tensor(input, view);
        let device = self.gpu.device();
        let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
        self.slot(view)
            .write(self.gpu.queue(), view.extent(1).start, &texels);
        self.images = input.batch();
        match pollster::block_on(scope.pop()) {
            Some(error) => Err(self.gpu.explain(device_error(&error))),
            None => Ok(()),
        }
    }

    /// Records one run into `encoder`: one compute pass. Nothing is submitted.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        self.record_passes(encoder, Timing::WallOnly, None);
    }

    /// Records one run as [`recording::passes`] has it.
    fn record_passes(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        timing: Timing,
        timer: Option<&Timer>,
    ) {
        self.record_dispatches(0..self.calls.len(), encoder, timing, timer);
    }

    /// Records some of a run's dispatches.
    pub(super) fn record_dispatches(
        &self,
        dispatches: Range<usize>,
        encoder: &mut wgpu::CommandEncoder,
        timing: Timing,
        timer: Option<&Timer>,
    ) {
        let calls = &self.calls[dispatches];
        for pass in recording::passes(calls.len(), timing) {
            let around = timer.zip(pass.span);
            let mut recorded = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some(self.plan.name()),
                timestamp_writes: around.map(|(timer, span)| timer.around_pass(span)),
            });
            let mut spans = pass.dispatch_spans;
            for call in &calls[pass.dispatches] {
                let timed = timer.zip(spans.next());
                if let Some((timer, span)) = timed {
                    timer.begin(&mut recorded, span);
                }
                call.record(&mut recorded);
                if let Some((timer, span)) = timed {
                    timer.end(&mut recorded, span);
                }
            }
        }
    }

    /// Records the copy that [`Session::read`], [`Session::read_async`] and [`Session::read_outputs`] wait for,
    /// behind a recorded run.
    pub fn record_readback(&self, encoder: &mut wgpu::CommandEncoder) {
        for readback in &self.readbacks {
            readback.record(encoder);
        }
    }

    /// The answer of a run that was recorded with [`Session::record_readback`] and submitted; waits for it.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] where the device was lost.
    pub fn read(&mut self) -> Result<Tensor> {
        let mapped = self.answer().map(&self.gpu);
        self.gpu.wait()?;
        pollster::block_on(mapped)?;
        self.answer().take(self.images)
    }

    /// As [`Session::read`], of all [outputs](crate::graph::Graph::outputs) of the graph, the answer first.
    ///
    /// # Errors
    /// As [`Session::read`].
    pub fn read_outputs(&mut self) -> Result<Vec<Tensor>> {
        let readbacks = self.readbacks.iter();
        let mapped: Vec<_> = readbacks.map(|readback| readback.map(&self.gpu)).collect();
        self.gpu.wait()?;
        mapped.into_iter().try_for_each(pollster::block_on)?;
        let readbacks = self.readbacks.iter();
        readbacks
            .map(|readback| readback.take(self.images))
            .collect()
    }

    /// As [`Session::read`], without blocking: someone must poll the device (an application's frame loop does)
    /// for the future to complete.
    ///
    /// # Errors
    /// As [`Session::read`].
    pub async fn read_async(&mut self) -> Result<Tensor> {
        self.answer().map(&self.gpu).await?;
        self.answer().take(self.images)
    }

    /// Runs the network on `input` and waits for the answer: one submission.
    ///
    /// # Errors
    /// Those of [`Session::write_input`] and [`Session::read`].
    pub fn run(&mut self, input: &Tensor) -> Result<Tensor> {
        self.submit(input, Timing::WallOnly, None)?;
        self.read()
    }

    /// As [`Session::run`], with all [outputs](crate::graph::Graph::outputs) of the graph, the answer first.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub fn run_outputs(&mut self, input: &Tensor) -> Result<Vec<Tensor>> {
        self.submit(input, Timing::WallOnly, None)?;
        self.read_outputs()
    }

    /// Runs the network on `input` and waits for the spans of `timer`, which [`recording::spans`] has counted.
    pub(crate) fn run_timed(
        &mut self,
        input: &Tensor,
        timing: Timing,
        timer: &Timer,
    ) -> Result<Vec<Span>> {
        self.submit(input, timing, Some(timer))?;
        self.read()?;
        timer.read(&self.gpu)
    }

    /// As [`Session::run`], without blocking; see [`Session::read_async`].
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn run_async(&mut self, input: &Tensor) -> Result<Tensor> {
        self.submit(input, Timing::WallOnly, None)?;
        self.read_async().await
    }

    fn answer(&self) -> &Readback {
        &self.readbacks[0]
    }

    fn submit(&mut self, input: &Tensor, timing: Timing, timer: Option<&Timer>) -> Result<()> {
        let device = self.gpu.device().clone();
        let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
        self.write_input(input)?;
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor {
            label: Some(self.plan.name()),
        });
        self.record_passes(&mut encoder, timing, timer);
        if let Some(timer) = timer {
            timer.resolve(&mut encoder);
        }
        self.record_readback(&mut encoder);
        self.gpu.queue().submit([encoder.finish()]);
        match pollster::block_on(scope.pop()) {
            Some(error) => Err(self.gpu.explain(device_error(&error))),
            None => Ok(()),
        }
    }
}
