//! Error scopes: catching what the device refuses.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::Gpu;
use crate::error::{Error, ErrorKind, Result};

/// Error scopes around some calls. All work on the device shares one stack of scopes; on native targets each thread has
/// its own. So nothing may be awaited before the scopes are popped.
pub struct Scopes {
    // The scope that is pushed last must be dropped first.
    validation: wgpu::ErrorScopeGuard,
    memory: wgpu::ErrorScopeGuard,
}

impl Scopes {
    /// Pushes the scopes.
    pub fn push(device: &wgpu::Device) -> Self {
        let memory = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = device.push_error_scope(wgpu::ErrorFilter::Validation);
        Self { validation, memory }
    }

    /// Pops the scopes. The future returns the first error, if there was one.
    pub fn pop(self) -> impl Future<Output = Option<wgpu::Error>> + use<> {
        let validation = self.validation.pop();
        let memory = self.memory.pop();
        async move { validation.await.or(memory.await) }
    }
}

impl Gpu {
    /// Calls `make` in error scopes and returns its result. Errors of the device name `what`. `make` returns before
    /// anything is awaited.
    ///
    /// # Errors
    /// [`ErrorKind::Device`] if the device refuses a call of `make`. [`ErrorKind::OutOfMemory`] if it has too little memory.
    /// [`ErrorKind::DeviceLost`] if it was lost. Those of `make`.
    pub(crate) async fn attempt<T>(
        &self,
        what: &str,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let scopes = Scopes::push(self.device());
        let made = make();
        let refused = scopes.pop().await;
        match self.result_of(what, made, refused) {
            Err(error) if error.kind() == ErrorKind::Device => {
                Err(self.explain_refusal(error).await)
            }
            result => result,
        }
    }

    /// As [`Gpu::attempt`], without waiting. In a browser, it does not report errors of the device: they arrive later.
    pub(crate) fn attempt_now<T>(&self, what: &str, make: impl FnOnce() -> Result<T>) -> Result<T> {
        let scopes = Scopes::push(self.device());
        let made = make();
        self.result_of(what, made, known(scopes.pop()))
    }

    /// As [`Gpu::attempt`], but also fails if the device is lost.
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

    fn result_of<T>(&self, what: &str, made: Result<T>, refused: Option<wgpu::Error>) -> Result<T> {
        match refused {
            Some(error) => Err(self.explain(device_error(error).in_context(what))),
            None => made.map_err(|error| match error.kind() {
                ErrorKind::OutOfMemory => error.in_context(what),
                _ => error,
            }),
        }
    }
}

/// The error that is known without waiting. It is always known on native targets, and never in a browser.
pub fn known<T>(refused: impl Future<Output = Option<T>>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(refused).poll(&mut context) {
        Poll::Ready(refused) => refused,
        Poll::Pending => None,
    }
}

/// The device's `error` as one line.
fn device_error(error: wgpu::Error) -> Error {
    let text = match &error {
        wgpu::Error::OutOfMemory { source } => source.to_string(),
        _ => error.to_string(),
    };
    let line: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let line = line.join(" ");
    match error {
        wgpu::Error::OutOfMemory { .. } => Error::new(
            ErrorKind::OutOfMemory,
            format!("the device has too little memory: {line}"),
        ),
        _ => Error::new(ErrorKind::Device, format!("the device refused: {line}")),
    }
}
