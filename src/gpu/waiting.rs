//! Waiting for the device, on targets where a thread can block.

use super::Gpu;
use crate::error::{Error, ErrorKind, Result};

impl Gpu {
    /// Waits until all submissions are done.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] if the device was lost.
    pub(crate) fn wait(&self) -> Result<()> {
        self.poll(wgpu::PollType::wait_indefinitely())
    }

    /// Waits until all submissions up to `submission` are done.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] if the device was lost.
    pub(crate) fn wait_for(&self, submission: wgpu::SubmissionIndex) -> Result<()> {
        self.poll(wgpu::PollType::Wait {
            submission_index: Some(submission),
            timeout: None,
        })
    }

    fn poll(&self, until: wgpu::PollType) -> Result<()> {
        match self.device().poll(until) {
            Ok(_) => Ok(()),
            Err(error) => {
                let message = format!("waiting for the device: {error}");
                let error = Error::new(ErrorKind::Device, message).caused_by(error);
                Err(self.explain(error))
            }
        }
    }
}
