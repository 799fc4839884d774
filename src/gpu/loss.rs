//! Detecting that the device was lost.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::Gpu;
use super::scopes::{Scopes, known};
use super::signal::Signal;
use crate::error::{Error, ErrorKind, Result};

/// Whether a device is known to be lost, and the futures that wait for it.
#[derive(Debug, Default)]
pub struct Loss(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    lost: bool,
    /// Wakers of the waiting futures, each with the number of its future.
    waiting: Vec<(u64, Waker)>,
    futures: u64,
}

impl Loss {
    /// Marks the device as lost, and wakes all waiting futures.
    pub fn tell(&self) {
        let waiting = {
            let mut state = self.lock();
            state.lost = true;
            std::mem::take(&mut state.waiting)
        };
        for (_, waker) in waiting {
            waker.wake();
        }
    }

    fn is_known(&self) -> bool {
        self.lock().lost
    }

    /// Locks the state. It is valid even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A future that completes when the device is known to be lost.
struct Known {
    loss: Arc<Loss>,
    number: u64,
}

impl Known {
    fn new(loss: &Arc<Loss>) -> Self {
        let mut state = loss.lock();
        state.futures += 1;
        Self {
            loss: Arc::clone(loss),
            number: state.futures,
        }
    }
}

impl Future for Known {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.loss.lock();
        if state.lost {
            return Poll::Ready(());
        }
        state.waiting.retain(|(number, _)| *number != self.number);
        state.waiting.push((self.number, context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        let mut state = self.loss.lock();
        state.waiting.retain(|(number, _)| *number != self.number);
    }
}

impl Gpu {
    /// Completes with an error when the device is lost: destroyed, unplugged, or reset by its driver. Then open another
    /// device, and make new sessions from the same graph and weights.
    ///
    /// It completes as soon as this crate knows of the loss. A device of [`Gpu::open`] and every device in a browser
    /// report it. The device of a native application has only one callback for it
    /// ([`wgpu::Device::set_device_lost_callback`]), which belongs to the application. That callback can call
    /// [`Gpu::tell_lost`]. Otherwise the loss is detected when a later call fails.
    pub fn lost(&self) -> impl Future<Output = Error> + use<> {
        let (known, error) = (Known::new(&self.loss), self.lost_error());
        async move {
            known.await;
            error
        }
    }

    /// Reports that the device is lost to everything that waits for it. The callback of an application calls it.
    pub fn tell_lost(&self) {
        self.loss.tell();
    }

    /// Sets a callback of the device that reports its loss.
    pub(super) fn listen(&self) {
        let loss = Arc::downgrade(&self.loss);
        self.device.set_device_lost_callback(move |_, _| {
            if let Some(loss) = loss.upgrade() {
                loss.tell();
            }
        });
    }

    /// Waits for `answer`.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] if the device is lost before.
    pub(crate) async fn unless_lost<T>(&self, answer: impl Future<Output = T>) -> Result<T> {
        let (mut answer, mut lost) = (pin!(answer), Known::new(&self.loss));
        std::future::poll_fn(|context| match answer.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Ok(value)),
            Poll::Pending => Pin::new(&mut lost)
                .poll(context)
                .map(|()| Err(self.lost_error())),
        })
        .await
    }

    /// Returns the loss of the device if the device is lost, and otherwise `error`.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match self.is_lost() {
            true => self.lost_error(),
            false => error,
        }
    }

    /// As [`Gpu::explain`], for an `error` of something that waited for the device.
    ///
    /// A browser refuses it as soon as the device is lost, and tells the loss later. But the device answers in order: the loss
    /// is told before the answer to a question that is asked afterwards. Firefox tells it only when all work is done, behind
    /// that news, so this is waited for first.
    pub(crate) async fn explain_refusal(&self, error: Error) -> Error {
        if cfg!(target_arch = "wasm32") {
            let done = Signal::default();
            let signal = done.clone();
            let queue = &self.queue;
            queue.on_submitted_work_done(move || signal.set(()));
            if let Err(lost) = self.unless_lost(done.value()).await {
                return lost;
            }
        }
        let question = Scopes::push(&self.device).pop();
        match self.unless_lost(question).await {
            Ok(_) => self.explain(error),
            Err(lost) => lost,
        }
    }

    /// Checks that the device is not lost, as far as this is known without waiting.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] if the device was lost.
    pub(crate) fn check(&self) -> Result<()> {
        match self.is_lost() {
            true => Err(self.lost_error()),
            false => Ok(()),
        }
    }

    fn is_lost(&self) -> bool {
        // In a browser, the loss is reported by the callback, and the test below succeeds on a lost device.
        let can_test = cfg!(not(target_arch = "wasm32"));
        if can_test && !self.loss.is_known() && self.is_out_of_reach() {
            self.loss.tell();
        }
        self.loss.is_known()
    }

    /// Tests whether a buffer can be made that is mapped at creation. This fails on a lost device.
    fn is_out_of_reach(&self) -> bool {
        let scopes = Scopes::push(&self.device);
        let probe = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("probe"),
            size: wgpu::COPY_BUFFER_ALIGNMENT,
            usage: wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: true,
        });
        let in_reach = probe.get_mapped_range(..).is_ok();
        let refused = known(scopes.pop());
        let out_of_memory = matches!(refused, Some(wgpu::Error::OutOfMemory { .. }));
        !in_reach && !out_of_memory
    }

    fn lost_error(&self) -> Error {
        Error::new(
            ErrorKind::DeviceLost,
            format!("the device was lost: {}", self.description),
        )
    }
}
