//! What the device refuses.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::Gpu;
use crate::error::{Error, ErrorKind, Result};

/// Error scopes around some calls. They are a stack that all work on the device shares, and natively each thread has
/// its own: nothing may be awaited before they are popped.
pub struct Scopes {
    // Pushed last, and dropped first.
    validation: wgpu::ErrorScopeGuard,
    memory: wgpu::ErrorScopeGuard,
}

impl Scopes {
    /// From here on.
    pub fn push(device: &wgpu::Device) -> Self {
        let memory = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = device.push_error_scope(wgpu::ErrorFilter::Validation);
        Self { validation, memory }
    }

    /// Up to here: in future, the first thing that was refused.
    pub fn pop(self) -> impl Future<Output = Option<wgpu::Error>> + use<> {
        let validation = self.validation.pop();
        let memory = self.memory.pop();
        async move { validation.await.or(memory.await) }
    }
}

impl Gpu {
    /// What `make` makes of `what`, where the device refuses nothing of it. `make` has ended before anything is
    /// awaited.
    ///
    /// # Errors
    /// [`ErrorKind::Device`] where it does, [`ErrorKind::DeviceLost`] where it was lost; and those of `make`.
    pub(crate) async fn attempt<T>(
        &self,
        what: &str,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let scopes = Scopes::push(self.device());
        let made = make();
        let refused = scopes.pop().await;
        self.judge(what, made, refused)
    }

    /// As [`Gpu::attempt`], without waiting: in a browser, what was refused comes out later.
    pub(crate) fn attempt_now<T>(&self, what: &str, make: impl FnOnce() -> Result<T>) -> Result<T> {
        let scopes = Scopes::push(self.device());
        let made = make();
        self.judge(what, made, known(scopes.pop()))
    }

    /// As [`Gpu::attempt`], on a device that must still be there.
    ///
    /// # Errors
    /// As [`Gpu::attempt`].
    pub(crate) async fn accepted<T>(
        &self,
        what: &str,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let made = self.attempt(what, make).await;
        self.check().and(made)
    }

    fn judge<T>(&self, what: &str, made: Result<T>, refused: Option<wgpu::Error>) -> Result<T> {
        match refused {
            Some(error) => Err(self.explain(device_error(&error).in_context(what))),
            None => made,
        }
    }
}

/// What is known already of what was refused: natively all, in a browser nothing.
pub fn known<T>(refused: impl Future<Output = Option<T>>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(refused).poll(&mut context) {
        Poll::Ready(refused) => refused,
        Poll::Pending => None,
    }
}

/// `error` of the device in one line.
fn device_error(error: &wgpu::Error) -> Error {
    let text = error.to_string();
    let line: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    Error::new(
        ErrorKind::Device,
        format!("the device refused: {}", line.join(" ")),
    )
}
