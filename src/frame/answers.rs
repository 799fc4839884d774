//! Reading outputs to host memory without blocking a frame: an output arrives some frames later.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{DeviceBuffer, DeviceTensor, Gpu, Scopes, keep_until_done, unreadable};
use crate::kernels::View;
use crate::session::{Output, quads};
use crate::tensor::Tensor;
use crate::top_k::{Ranked, top_k};

/// A ring of readback buffers for an output of a session. After it is made, it allocates nothing on the device, and on the
/// host only what wgpu needs for a callback.
///
/// An answer arrives when the device is polled after its frame is done. A later submission of the application polls the
/// device as well.
pub struct Answers {
    gpu: Gpu,
    output: DeviceTensor,
    view: View,
    quads: Range<usize>,
    stages: Vec<DeviceBuffer>,
    shared: Arc<Mutex<Shared>>,
    /// Number of answers recorded so far.
    recorded: u64,
    /// The last answer that was read.
    latest: Tensor,
}

/// The output of one run.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Answer<'a> {
    /// Index among the recorded answers, from 0.
    pub number: u64,
    /// The whole batch, as [`Session::run_async`](crate::session::Session::run_async) returns it.
    pub values: &'a Tensor,
}

impl Answer<'_> {
    /// The `k` classes of image number `image` with the highest probabilities, in descending order. The network must
    /// have one logit for each class as its output.
    ///
    /// # Panics
    /// If `image` is not less than the session's batch.
    pub fn top_k(&self, image: usize, k: usize) -> Vec<Ranked> {
        top_k(self.values.image(image), k)
    }
}

/// The state that callbacks and polls share.
struct Shared {
    stages: Vec<Stage>,
    waker: Option<Waker>,
}

/// The state of a readback buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Free,
    /// The answer with this number is recorded or in flight.
    Awaited(u64),
    /// The answer with this number can be read.
    Arrived(u64),
    /// The device failed to map the buffer.
    Failed,
}

impl Answers {
    /// A ring of `depth` buffers, at least one. It is the most answers that can be in flight. Three are enough for an
    /// application with two frames in flight. A `&Session` converts to its main output; see [`Output`].
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`] if the device has too little memory. [`ErrorKind::DeviceLost`] if it was lost.
    pub async fn new_async<'a>(output: impl Into<Output<'a>>, depth: usize) -> Result<Self> {
        let output = output.into();
        let session = output.session();
        let gpu = session.gpu();
        let (view, batch) = (*output.view(), session.program().batch());
        let quads = view.extent(batch);
        let depth = depth.max(1);
        let stage = |_| {
            let usage = wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ;
            gpu.buffer("answer", view.format.bytes(quads.len()), usage)
        };
        let what = format!("a ring of {depth} answers");
        let stages = gpu.accepted(&what, || (0..depth).map(stage).collect());
        let stages = stages.await?;
        Ok(Self {
            gpu: gpu.clone(),
            output: session.slot(&view).clone(),
            view,
            quads,
            stages,
            shared: Arc::new(Mutex::new(Shared {
                stages: vec![Stage::Free; depth],
                waker: None,
            })),
            recorded: 0,
            latest: Tensor::zeros(batch, view.shape),
        })
    }

    /// Records the copy of the output, and returns the number of the answer. Call it after the run is recorded. It returns
    /// `None` if all buffers of the ring are in flight: then it records nothing, because no frame waits.
    pub fn record(&mut self, encoder: &mut wgpu::CommandEncoder) -> Option<u64> {
        let number = self.recorded;
        let stage = {
            let mut shared = lock(&self.shared);
            let stage = shared
                .stages
                .iter()
                .position(|&stage| stage == Stage::Free)?;
            shared.stages[stage] = Stage::Awaited(number);
            stage
        };
        self.recorded += 1;
        let buffer = &self.stages[stage];
        let quads = self.quads.clone();
        self.output
            .copy_to(encoder, self.view.format, quads, buffer);
        let arrival = Arrival {
            shared: Arc::clone(&self.shared),
            stage,
            settled: false,
        };
        let used = || [self.output.clone(), DeviceTensor::Buffer(buffer.clone())];
        keep_until_done(encoder, || used().into());
        encoder.map_buffer_on_submit(buffer, wgpu::MapMode::Read, .., move |result| {
            arrival.settle(match result {
                Ok(()) => Stage::Arrived(number),
                Err(_) => Stage::Failed,
            });
        });
        Some(number)
    }

    /// The newest answer that has arrived since the last call, or `None`. Older answers are dropped. It never blocks.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] if the device was lost. [`ErrorKind::Device`] if it fails otherwise.
    pub fn latest(&mut self) -> Result<Option<Answer<'_>>> {
        let taken = self.take_newest()?;
        self.read(taken)
    }

    /// The oldest answer that has arrived and was not taken yet, or `None`. It never blocks. So all answers of a ring are
    /// taken, in the order in which they were recorded.
    ///
    /// # Errors
    /// As [`Answers::latest`].
    pub fn oldest(&mut self) -> Result<Option<Answer<'_>>> {
        let taken = self.take_oldest()?;
        self.read(taken)
    }

    /// Reads the answer in a buffer, which becomes free.
    fn read(&mut self, taken: Option<(usize, u64)>) -> Result<Option<Answer<'_>>> {
        let Some((stage, number)) = taken else {
            return Ok(None);
        };
        let buffer = &self.stages[stage];
        let read = match buffer.get_mapped_range(..) {
            Ok(mapped) => {
                quads::read(&mapped, &self.view, &mut self.latest);
                Ok(())
            }
            Err(error) => Err(self.gpu.explain(unreadable(error))),
        };
        // A buffer of a lost device cannot be unmapped either, so that error is ignored.
        let refused = read.is_err().then(|| Scopes::push(self.gpu.device()));
        self.free(stage);
        drop(refused);
        read.map(|()| {
            Some(Answer {
                number,
                values: &self.latest,
            })
        })
    }

    /// Completes with the newest answer as soon as one has arrived. It needs a device that is polled, as the frame loop of
    /// an application does.
    ///
    /// # Errors
    /// As [`Answers::latest`]; [`ErrorKind::Input`] if no answer is in flight.
    pub async fn next(&mut self) -> Result<Answer<'_>> {
        self.arrival().await;
        self.latest()?.ok_or_else(nothing_awaited)
    }

    /// As [`Answers::next`], with the oldest answer that was not taken yet.
    ///
    /// # Errors
    /// As [`Answers::next`].
    pub async fn next_in_order(&mut self) -> Result<Answer<'_>> {
        self.arrival().await;
        self.oldest()?.ok_or_else(nothing_awaited)
    }

    /// Completes when an answer has arrived or failed, or none is in flight.
    async fn arrival(&self) {
        let shared = Arc::clone(&self.shared);
        std::future::poll_fn(move |context| {
            let mut shared = lock(&shared);
            match shared.is_quiet() {
                true => {
                    shared.waker = Some(context.waker().clone());
                    Poll::Pending
                }
                false => Poll::Ready(()),
            }
        })
        .await;
    }

    /// The buffer with the newest answer that has arrived, and the answer's number. Buffers with older answers become free.
    fn take_newest(&self) -> Result<Option<(usize, u64)>> {
        let mut newest = None;
        for stage in 0..self.stages.len() {
            let state = lock(&self.shared).stages[stage];
            match (state, newest) {
                (Stage::Failed, _) => {
                    lock(&self.shared).stages[stage] = Stage::Free;
                    return Err(self.gpu.explain(unreadable("the device gave up on it")));
                }
                (Stage::Arrived(number), Some((_, other))) if number < other => self.free(stage),
                (Stage::Arrived(number), older) => {
                    if let Some((older, _)) = older {
                        self.free(older);
                    }
                    newest = Some((stage, number));
                }
                (Stage::Free | Stage::Awaited(_), _) => {}
            }
        }
        Ok(newest)
    }

    /// The buffer with the oldest answer that has arrived, and the answer's number.
    fn take_oldest(&self) -> Result<Option<(usize, u64)>> {
        let mut oldest: Option<(usize, u64)> = None;
        let mut shared = lock(&self.shared);
        for stage in 0..self.stages.len() {
            match shared.stages[stage] {
                Stage::Failed => {
                    shared.stages[stage] = Stage::Free;
                    return Err(self.gpu.explain(unreadable("the device gave up on it")));
                }
                Stage::Arrived(number) if oldest.is_none_or(|(_, other)| number < other) => {
                    oldest = Some((stage, number));
                }
                Stage::Free | Stage::Awaited(_) | Stage::Arrived(_) => {}
            }
        }
        Ok(oldest)
    }

    fn free(&self, stage: usize) {
        self.stages[stage].unmap();
        lock(&self.shared).stages[stage] = Stage::Free;
    }
}

impl Shared {
    /// Whether answers are in flight, and none has arrived or failed.
    fn is_quiet(&self) -> bool {
        let mut awaited = false;
        for stage in &self.stages {
            match stage {
                Stage::Awaited(_) => awaited = true,
                Stage::Arrived(_) | Stage::Failed => return false,
                Stage::Free => {}
            }
        }
        awaited
    }
}

/// The error of a wait that would never end.
fn nothing_awaited() -> Error {
    Error::new(
        ErrorKind::Input,
        "no answer is under way: record one and submit it first",
    )
}

/// The state of a callback. If the callback is dropped without a call, the commands were never submitted; then the buffer
/// becomes free again.
struct Arrival {
    shared: Arc<Mutex<Shared>>,
    stage: usize,
    settled: bool,
}

impl Arrival {
    fn settle(mut self, state: Stage) {
        self.set(state);
    }

    fn set(&mut self, state: Stage) {
        self.settled = true;
        let waker = {
            let mut shared = lock(&self.shared);
            shared.stages[self.stage] = state;
            shared.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        if !self.settled {
            self.set(Stage::Free);
        }
    }
}

/// Locks the state. It is valid even if a thread panicked while it held the lock.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
