//! Whether the device is still there.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::Gpu;
use super::scopes::{Scopes, known};
use super::signal::Signal;
use crate::error::{Error, ErrorKind, Result};

/// Whether a device is known to be lost, and who waits to hear of it.
#[derive(Debug, Default)]
pub struct Loss(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    lost: bool,
    /// Those who wait, each under the number of its future.
    waiting: Vec<(u64, Waker)>,
    futures: u64,
}

impl Loss {
    /// From now on, the device is known to be lost.
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

    /// The state, also where a thread died holding it: it is always whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Completes when the loss is known.
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
    /// Completes with what to tell people when the device is lost: destroyed, unplugged, or reset by its driver. Make
    /// another device then, and new sessions from the same graph and weights.
    ///
    /// It completes as soon as this crate hears of it. A device of [`Gpu::open`] tells by itself, and so does every
    /// device in a browser; a native application's own device has one callback for it
    /// ([`wgpu::Device::set_device_lost_callback`]), which stays the application's and can call [`Gpu::tell_lost`].
    /// Otherwise it is found out by whatever fails because of it.
    pub fn lost(&self) -> impl Future<Output = Error> + use<> {
        let (known, error) = (Known::new(&self.loss), self.lost_error());
        async move {
            known.await;
            error
        }
    }

    /// Tells everything that waits on the device that it is lost, for an application's own callback.
    pub fn tell_lost(&self) {
        self.loss.tell();
    }

    /// Tells of the loss by itself from now on.
    pub(super) fn listen(&self) {
        let loss = Arc::downgrade(&self.loss);
        self.device.set_device_lost_callback(move |_, _| {
            if let Some(loss) = loss.upgrade() {
                loss.tell();
            }
        });
    }

    /// What `signal` brings.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] where the device is lost before that.
    pub(crate) async fn unless_lost<T>(&self, signal: &Signal<T>) -> Result<T> {
        let mut lost = Known::new(&self.loss);
        std::future::poll_fn(|context| match signal.poll(context) {
            Poll::Ready(value) => Poll::Ready(Ok(value)),
            Poll::Pending => Pin::new(&mut lost)
                .poll(context)
                .map(|()| Err(self.lost_error())),
        })
        .await
    }

    /// `error`, or the loss of the device where that is why.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match self.is_lost() {
            true => self.lost_error(),
            false => error,
        }
    }

    /// Checks that the device is still there, as far as can be told without waiting.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] where the device was lost.
    pub(crate) fn check(&self) -> Result<()> {
        match self.is_lost() {
            true => Err(self.lost_error()),
            false => Ok(()),
        }
    }

    fn is_lost(&self) -> bool {
        if !self.loss.is_known() && self.is_out_of_reach() {
            self.loss.tell();
        }
        self.loss.is_known()
    }

    /// On a lost device nothing can be made, least of all a buffer that the host sees into at once. A browser hides the
    /// loss from such calls, and tells of it.
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
