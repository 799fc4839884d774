//! Mapping buffers for reading on the host.

use std::fmt;

use super::Gpu;
use super::scopes::Scopes;
use super::signal::Signal;
use crate::error::{Error, ErrorKind, Result};

/// A buffer that the host has requested to read. Dropping it, at any point of its future, unmaps the buffer.
pub struct Mapping<'a> {
    gpu: &'a Gpu,
    buffer: &'a wgpu::Buffer,
    arrived: Signal<Result<(), wgpu::BufferAsyncError>>,
}

impl<'a> Mapping<'a> {
    /// Requests the whole of `buffer`, after all submissions so far are done.
    pub fn request(gpu: &'a Gpu, buffer: &'a wgpu::Buffer) -> Self {
        let arrived = Signal::default();
        let signal = arrived.clone();
        // The callback reports the error, so the error scope ignores it.
        let refused = Scopes::push(gpu.device());
        buffer.map_async(wgpu::MapMode::Read, .., move |result| signal.set(result));
        drop(refused);
        Self {
            gpu,
            buffer,
            arrived,
        }
    }

    /// Waits for the bytes, and returns the result of `read` for them.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] if the device was lost. [`ErrorKind::Device`] if it fails otherwise.
    pub async fn read<T>(&self, read: impl FnOnce(&[u8]) -> T) -> Result<T> {
        let arrived = self.gpu.unless_lost(self.arrived.value()).await?;
        let bytes = match arrived {
            Ok(()) => self.buffer.get_mapped_range(..).map_err(unreadable),
            Err(error) => Err(unreadable(error)),
        };
        match bytes {
            Ok(bytes) => Ok(read(&bytes)),
            Err(error) => Err(self.gpu.explain_refusal(error).await),
        }
    }
}

impl Drop for Mapping<'_> {
    fn drop(&mut self) {
        // A buffer of a lost device cannot be unmapped. This error is ignored.
        let refused = Scopes::push(self.gpu.device());
        self.buffer.unmap();
        drop(refused);
    }
}

/// The error that an output cannot be read, with the reason.
pub fn unreadable(reason: impl fmt::Display) -> Error {
    Error::new(
        ErrorKind::Device,
        format!("the answer cannot be read: {reason}"),
    )
}
