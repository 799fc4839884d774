//! Timestamps on the GPU's clock.

use crate::error::Result;
use crate::gpu::{DeviceBuffer, Gpu, Mapping, Owned};

/// Spans of one query set. Each span has two queries, for its beginning and its end.
const SPANS_IN_SET: usize = wgpu::QUERY_SET_MAX_QUERIES as usize / 2;
/// What its resources are called.
const LABEL: &str = "timestamps";
/// Bytes of a timestamp.
const TICK_BYTES: u64 = wgpu::QUERY_SIZE as u64;

/// Times spans of work on the GPU. Each of its spans must be recorded once before each [`Timer::resolve`].
pub struct Timer {
    sets: Vec<Owned<wgpu::QuerySet>>,
    spans: usize,
    resolved: DeviceBuffer,
    readback: DeviceBuffer,
    nanoseconds_per_tick: f64,
}

/// Beginning and end of a span, in nanoseconds of the GPU's clock.
pub type Span = [u64; 2];

impl Timer {
    /// A timer with `spans` spans, at least one. The device must have timestamps.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`](crate::ErrorKind::OutOfMemory) if the device has too little memory.
    pub fn new(gpu: &Gpu, spans: usize) -> Result<Self> {
        use wgpu::BufferUsages as Usages;
        let set = |first: usize| {
            let spans = SPANS_IN_SET.min(spans - first);
            let set = gpu.device().create_query_set(&wgpu::QuerySetDescriptor {
                label: Some(LABEL),
                ty: wgpu::QueryType::Timestamp,
                count: 2 * spans as u32,
            });
            Owned::new(set)
        };
        let bytes = 2 * spans as u64 * TICK_BYTES;
        gpu.attempt_now(LABEL, || {
            Ok(Self {
                sets: (0..spans).step_by(SPANS_IN_SET).map(set).collect(),
                spans,
                resolved: gpu.buffer(LABEL, bytes, Usages::QUERY_RESOLVE | Usages::COPY_SRC)?,
                readback: gpu.buffer(LABEL, bytes, Usages::COPY_DST | Usages::MAP_READ)?,
                nanoseconds_per_tick: f64::from(gpu.queue().get_timestamp_period()),
            })
        })
    }

    /// The two timestamps of a whole pass.
    pub fn around_pass(&self, span: usize) -> wgpu::ComputePassTimestampWrites<'_> {
        let (query_set, begin) = self.place(span);
        wgpu::ComputePassTimestampWrites {
            query_set,
            beginning_of_pass_write_index: Some(begin),
            end_of_pass_write_index: Some(begin + 1),
        }
    }

    /// Writes the timestamp at the beginning of a span inside a pass.
    pub fn begin(&self, pass: &mut wgpu::ComputePass<'_>, span: usize) {
        let (set, begin) = self.place(span);
        pass.write_timestamp(set, begin);
    }

    /// Writes the timestamp at the end of a span inside a pass.
    pub fn end(&self, pass: &mut wgpu::ComputePass<'_>, span: usize) {
        let (set, begin) = self.place(span);
        pass.write_timestamp(set, begin + 1);
    }

    /// Records the copy that [`Timer::read`] waits for.
    pub fn resolve(&self, encoder: &mut wgpu::CommandEncoder) {
        for (index, set) in self.sets.iter().enumerate() {
            let first = index * SPANS_IN_SET;
            let count = 2 * SPANS_IN_SET.min(self.spans - first) as u32;
            let offset = 2 * first as u64 * TICK_BYTES;
            encoder.resolve_query_set(set, 0..count, &self.resolved, offset);
        }
        encoder.copy_buffer_to_buffer(&self.resolved, 0, &self.readback, 0, self.readback.size());
    }

    /// Requests the spans of the last submitted run.
    pub fn request<'a>(&'a self, gpu: &'a Gpu) -> Mapping<'a> {
        Mapping::request(gpu, &self.readback)
    }

    /// Reads the requested spans.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`](crate::ErrorKind::DeviceLost) if the device was lost.
    pub async fn read(&self, requested: Mapping<'_>) -> Result<Vec<Span>> {
        let spans = |bytes: &[u8]| {
            let ticks: &[Span] = bytemuck::cast_slice(bytes);
            ticks.iter().map(|&span| self.nanoseconds(span)).collect()
        };
        requested.read(spans).await
    }

    fn nanoseconds(&self, span: Span) -> Span {
        // Most clocks count nanoseconds, and f64 cannot hold all 64 bits.
        match self.nanoseconds_per_tick == 1.0 {
            true => span,
            false => span.map(|ticks| (ticks as f64 * self.nanoseconds_per_tick) as u64),
        }
    }

    fn place(&self, span: usize) -> (&wgpu::QuerySet, u32) {
        let set = &self.sets[span / SPANS_IN_SET];
        (set, 2 * (span % SPANS_IN_SET) as u32)
    }
}
