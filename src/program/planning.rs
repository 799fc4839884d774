//! What a caller decides about a program beforehand.

use super::Tuning;

/// What a caller decides about a program beforehand: how many images go through at once, and which kernels are
/// preferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planning {
    /// The most images that go through at once.
    pub batch: usize,
    /// The fastest kernels of layers that were tried on the device.
    pub tuning: Tuning,
}

impl Planning {
    /// For at most `batch` images at once, where nothing was tried.
    pub const fn of_batch(batch: usize) -> Self {
        Self {
            batch,
            tuning: Tuning::NONE,
        }
    }

    /// The same, by the kernels of `tuning`.
    pub fn tuned(self, tuning: Tuning) -> Self {
        Self { tuning, ..self }
    }
}

impl Default for Planning {
    /// One image at a time.
    fn default() -> Self {
        Self::of_batch(1)
    }
}
