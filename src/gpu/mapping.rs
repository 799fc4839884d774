//! Buffers that the host reads.

use std::fmt;

use super::Gpu;
use super::scopes::Scopes;
use super::signal::Signal;
use crate::error::{Error, ErrorKind, Result};

/// A buffer that the host has asked to read. When this is dropped, wherever its future has come to, the buffer is
/// the device's again.
pub struct Mapping<'a> {
    gpu: &'a Gpu,
    buffer: &'a wgpu::Buffer,
    arrived: Signal<Result<(), wgpu::BufferAsyncError>>,
}

impl<'a> Mapping<'a> {
    /// Asks for all of `buffer`, as it is when what was submitted so far is done.
    pub fn request(gpu: &'a Gpu, buffer: &'a wgpu::Buffer) -> Self {
        let arrived = Signal::default();
        let signal = arrived.clone();
        // What is refused comes through the callback.
        let refused = Scopes::push(gpu.device());
        buffer.map_async(wgpu::MapMode::Read, .., move |result| signal.set(result));
        drop(refused);
        Self {
            gpu,
            buffer,
            arrived,
        }
    }

    /// What `read` makes of the bytes, as soon as they are there.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] where the device was lost, [`ErrorKind::Device`] where it fails otherwise.
    pub async fn read<T>(&self, read: impl FnOnce(&[u8]) -> T) -> Result<T> {
        self.arrival().await?;
        let bytes = self.buffer.get_mapped_range(..);
        let bytes = bytes.map_err(|error| self.gpu.explain(unreadable(error)))?;
        Ok(read(&bytes))
    }

    async fn arrival(&self) -> Result<()> {
        let arrived = self.gpu.unless_lost(&self.arrived).await?;
        arrived.map_err(|error| self.gpu.explain(unreadable(error)))
    }
}

impl Drop for Mapping<'_> {
    fn drop(&mut self) {
        // A buffer that is lost with its device can't be unmapped, and nobody will miss it.
        let refused = Scopes::push(self.gpu.device());
        self.buffer.unmap();
        drop(refused);
    }
}

/// That what the device has made cannot be read, and why.
pub fn unreadable(reason: impl fmt::Display) -> Error {
    Error::new(
        ErrorKind::Device,
        format!("the answer cannot be read: {reason}"),
    )
}
