//! What a caller decides about a program beforehand.

use super::Tuning;

/// What a caller decides about a program beforehand: how many images go through at once, and which kernels are
/// preferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planning {
    batch: usize,
    tuning: Tuning,
    kernel: Option<String>,
}

impl Planning {
    /// For at most `batch` images at once, where nothing was tried.
    pub const fn of_batch(batch: usize) -> Self {
        Self {
            batch,
            tuning: Tuning::NONE,
            kernel: None,
        }
    }

    /// The same, by the kernels of `tuning` where they can compute a layer.
    pub fn tuned(self, tuning: Tuning) -> Self {
        Self { tuning, ..self }
    }

    /// The same, by the kernel `name` ([`Candidate::name`]) wherever it can compute an operation, whatever was tried.
    ///
    /// [`Candidate::name`]: crate::kernels::Candidate::name
    pub fn kernel(self, name: impl Into<String>) -> Self {
        Self {
            kernel: Some(name.into()),
            ..self
        }
    }

    /// The most images that go through at once.
    pub(super) fn batch(&self) -> usize {
        self.batch
    }

    /// The names of the kernels that are preferred for the layer `key`, the first one most.
    pub(super) fn preferred(&self, key: impl FnOnce() -> String) -> Vec<&str> {
        let tried = match self.tuning.is_empty() {
            true => None,
            false => self.tuning.winner(&key()),
        };
        self.kernel.as_deref().into_iter().chain(tried).collect()
    }
}

impl Default for Planning {
    /// One image at a time.
    fn default() -> Self {
        Self::of_batch(1)
    }
}
