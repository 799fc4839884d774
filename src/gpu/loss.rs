//! Whether the device is still there, and whether it refused something.

use super::{Gpu, device_error};
use crate::error::{Error, ErrorKind, Result};

impl Gpu {
    /// What `make` makes of `what`, where the device refuses nothing of it.
    ///
    /// # Errors
    /// [`ErrorKind::Device`] where it does, [`ErrorKind::DeviceLost`] where it was lost; and those of `make`.
    pub(crate) fn accepted<T>(&self, what: &str, make: impl FnOnce() -> Result<T>) -> Result<T> {
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let made = make();
        // The last scope ends first.
        let validation = pollster::block_on(validation.pop());
        let memory = pollster::block_on(memory.pop());
        match validation.or(memory) {
            Some(error) => Err(self.explain(device_error(&error).in_context(what))),
            None => self.check().and(made),
        }
    }

    /// Whether the device was lost: destroyed, unplugged, or reset by its driver. The device's own callback for
    /// it is left to the application.
    pub(crate) fn is_lost(&self) -> bool {
        // On a lost device nothing can be made, least of all a buffer that the host sees into at once.
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let probe = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("probe"),
            size: wgpu::COPY_BUFFER_ALIGNMENT,
            usage: wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: true,
        });
        let reachable = probe.get_mapped_range(..).is_ok();
        let out_of_memory = pollster::block_on(memory.pop()).is_some();
        !reachable && !out_of_memory
    }

    /// `error`, or the loss of the device where that is why.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match self.is_lost() {
            true => self.lost(),
            false => error,
        }
    }

    /// Checks that the device is still there.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] where the device was lost.
    pub(crate) fn check(&self) -> Result<()> {
        match self.is_lost() {
            true => Err(self.lost()),
            false => Ok(()),
        }
    }

    fn lost(&self) -> Error {
        Error::new(
            ErrorKind::DeviceLost,
            format!("the device was lost: {}", self.description),
        )
    }
}
