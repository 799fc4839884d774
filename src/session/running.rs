//! Running a session: writing inputs, recording dispatches and reading outputs.

use std::ops::Range;
use std::sync::Arc;

use super::range_watch::RangeWatch;
use super::readback::Readback;
use super::{BoundCall, Outputs, Session, named};
use crate::error::Result;
use crate::gpu::{DeviceTensor, keep_until_done};
use crate::tensor::{Images, Tensor};
use crate::timing::passes::passes;
use crate::timing::{Span, Timer, Timing};

impl Session {
    /// Records one run into `encoder`, as one compute pass. It submits nothing.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        self.record_passes(encoder, Timing::WallOnly, None);
    }

    /// Records one run in the passes of [`passes`].
    fn record_passes(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        timing: Timing,
        timer: Option<&Timer>,
    ) {
        self.record_dispatches(0..self.calls.len(), encoder, timing, timer);
    }

    /// Records some dispatches of a run.
    pub(super) fn record_dispatches(
        &self,
        dispatches: Range<usize>,
        encoder: &mut wgpu::CommandEncoder,
        timing: Timing,
        timer: Option<&Timer>,
    ) {
        let calls = &self.calls[dispatches];
        for pass in passes(calls.len(), timing) {
            let around = timer.zip(pass.span);
            let mut recorded = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some(self.program.name()),
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
        keep_until_done(encoder, || self.memory());
    }

    /// The memory that its dispatches use.
    fn memory(&self) -> Vec<DeviceTensor> {
        let of_calls = self.calls.iter().flat_map(BoundCall::held);
        let own = self.slots.iter().chain(of_calls).cloned();
        let watched = self.range.iter().flat_map(RangeWatch::memory);
        own.chain(self.parameters.tensors())
            .chain(watched)
            .collect()
    }

    /// Records the copies that [`Session::read_async`] and [`Session::read_outputs_async`] wait for. Call it after the run
    /// is recorded.
    pub fn record_readback(&self, encoder: &mut wgpu::CommandEncoder) {
        self.record_readback_of(self.readbacks.len(), encoder);
    }

    /// As [`Session::record_readback`], for the first `outputs` outputs.
    fn record_readback_of(&self, outputs: usize, encoder: &mut wgpu::CommandEncoder) {
        let readbacks = &self.readbacks[..outputs];
        for readback in readbacks {
            readback.record(encoder);
        }
        if let Some(range) = &self.range {
            range.record(encoder);
        }
        let memory = || readbacks.iter().flat_map(Readback::memory);
        keep_until_done(encoder, || memory().collect());
    }

    /// Reads the main output of a run that was recorded with [`Session::record_readback`] and submitted. On native targets,
    /// it only completes when the device is polled, as the frame loop of an application does.
    ///
    /// If this future, or that of another function of the session, is dropped before it completes, the session is ready
    /// for the next run.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`](crate::ErrorKind::DeviceLost) if the device was lost.
    /// [`ErrorKind::BeyondRange`](crate::ErrorKind::BeyondRange) if a result was beyond the range of the precision. The message
    /// names the first layer with such a result.
    pub async fn read_async(&mut self) -> Result<Tensor> {
        let range = self.range.as_ref().map(|range| range.request(&self.gpu));
        let answer = &self.readbacks[0];
        let tensor = answer.read(answer.request(&self.gpu), self.images).await;
        self.check_range(range).await?;
        tensor
    }

    /// As [`Session::read_async`], for all [outputs](crate::graph::Graph::outputs) of the graph, the main output first.
    ///
    /// # Errors
    /// As [`Session::read_async`].
    pub async fn read_outputs_async(&mut self) -> Result<Vec<Tensor>> {
        let readbacks = self.readbacks.iter();
        let requested = readbacks.map(|readback| (readback, readback.request(&self.gpu)));
        // Request all of them before waiting, so that they arrive together.
        let requested: Vec<_> = requested.collect();
        let range = self.range.as_ref().map(|range| range.request(&self.gpu));
        let mut outputs = Vec::new();
        for (readback, requested) in requested {
            outputs.push(readback.read(requested, self.images).await?);
        }
        self.check_range(range).await?;
        Ok(outputs)
    }

    /// Runs the network on `input`, in one submission, and returns the main output. See [`Session::read_async`].
    ///
    /// # Errors
    /// Those of [`Session::write_input`] and [`Session::read_async`].
    pub async fn run_async(&mut self, input: &Tensor) -> Result<Tensor> {
        self.run_images(&[input.into()]).await
    }

    /// As [`Session::run_async`], with images for each input in their order.
    pub(crate) async fn run_images(&mut self, inputs: &[Images<'_>]) -> Result<Tensor> {
        self.submit(inputs, Timing::WallOnly, None).await?;
        self.read_async().await
    }

    /// As [`Session::run_async`], but returns all [outputs](crate::graph::Graph::outputs) of the graph, the main output
    /// first.
    ///
    /// # Errors
    /// As [`Session::run_async`].
    pub async fn run_outputs_async(&mut self, input: &Tensor) -> Result<Vec<Tensor>> {
        self.submit(&[input.into()], Timing::WallOnly, None).await?;
        self.read_outputs_async().await
    }

    /// As [`Session::run_async`], with all inputs and outputs by name.
    ///
    /// # Errors
    /// Those of [`Session::write_inputs`] and [`Session::read_async`].
    pub async fn run_named_async(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Outputs> {
        self.run_named_images(&named(inputs)).await
    }

    /// As [`Session::run_named_async`], with images of tensors.
    pub(crate) async fn run_named_images(
        &mut self,
        inputs: &[(&str, Images<'_>)],
    ) -> Result<Outputs> {
        let inputs = self.in_order(inputs)?;
        self.submit(&inputs, Timing::WallOnly, None).await?;
        let outputs = self.read_outputs_async().await?;
        Ok(Outputs::new(Arc::clone(&self.ports.names), outputs))
    }

    /// Runs the network on what `record_input` records, in one submission, and returns all outputs for one image.
    ///
    /// # Errors
    /// As [`Session::read_async`]; [`ErrorKind::Device`](crate::ErrorKind::Device) if the device refuses the commands.
    pub(crate) async fn run_recorded_async(
        &mut self,
        record_input: impl FnOnce(&mut wgpu::CommandEncoder),
    ) -> Result<Vec<Tensor>> {
        let outputs = self.readbacks.len();
        self.submit_recorded(record_input, |_| (), outputs).await?;
        self.read_outputs_async().await
    }

    /// As [`Session::run_recorded_async`], with what `record_output` records after the run. It returns only the main output.
    ///
    /// # Errors
    /// The same.
    pub(crate) async fn run_followed_async(
        &mut self,
        record_input: impl FnOnce(&mut wgpu::CommandEncoder),
        record_output: impl FnOnce(&mut wgpu::CommandEncoder),
    ) -> Result<Tensor> {
        self.submit_recorded(record_input, record_output, 1).await?;
        self.read_async().await
    }

    /// As [`Session::run_followed_async`], and returns nothing. Without a precision whose range is watched, it does not wait for
    /// the run.
    ///
    /// # Errors
    /// The same.
    pub(crate) async fn run_unread_async(
        &mut self,
        record_input: impl FnOnce(&mut wgpu::CommandEncoder),
        record_output: impl FnOnce(&mut wgpu::CommandEncoder),
    ) -> Result<()> {
        self.submit_recorded(record_input, record_output, 0).await?;
        let range = self.range.as_ref().map(|range| range.request(&self.gpu));
        self.check_range(range).await
    }

    /// Submits a run of one image, and the readback of the first `outputs` outputs.
    async fn submit_recorded(
        &mut self,
        record_input: impl FnOnce(&mut wgpu::CommandEncoder),
        record_output: impl FnOnce(&mut wgpu::CommandEncoder),
        outputs: usize,
    ) -> Result<()> {
        self.images = 1;
        let (gpu, network) = (&self.gpu, self.program.name());
        let submitted = gpu.attempt(network, || {
            let mut encoder = self.encoder();
            record_input(&mut encoder);
            self.record(&mut encoder);
            record_output(&mut encoder);
            self.record_readback_of(outputs, &mut encoder);
            gpu.queue().submit([encoder.finish()]);
            Ok(())
        });
        submitted.await
    }

    fn encoder(&self) -> wgpu::CommandEncoder {
        let label = Some(self.program.name());
        let descriptor = wgpu::CommandEncoderDescriptor { label };
        self.gpu.device().create_command_encoder(&descriptor)
    }

    /// Runs the network on images for each input in their order, and returns the spans of `timer`. Their number is that of
    /// [`spans`](crate::timing::passes::spans).
    pub(crate) async fn run_timed(
        &mut self,
        inputs: &[Images<'_>],
        timing: Timing,
        timer: &Timer,
    ) -> Result<Vec<Span>> {
        self.submit(inputs, timing, Some(timer)).await?;
        let (gpu, answer) = (&self.gpu, &self.readbacks[0]);
        let (answered, timed) = (answer.request(gpu), timer.request(gpu));
        answer.read(answered, self.images).await?;
        timer.read(timed).await
    }

    async fn submit(
        &mut self,
        inputs: &[Images<'_>],
        timing: Timing,
        timer: Option<&Timer>,
    ) -> Result<()> {
        self.images = self.check(inputs)?;
        // If this future is dropped, the next run allocates it again.
        let mut staged = std::mem::take(&mut self.staged);
        let (gpu, network) = (&self.gpu, self.program.name());
        let submitted = gpu.attempt(network, || {
            self.write_views(inputs, &mut staged);
            let mut encoder = self.encoder();
            self.record_passes(&mut encoder, timing, timer);
            if let Some(timer) = timer {
                timer.resolve(&mut encoder);
            }
            self.record_readback(&mut encoder);
            gpu.queue().submit([encoder.finish()]);
            Ok(())
        });
        let submitted = submitted.await;
        self.staged = staged;
        submitted
    }
}
