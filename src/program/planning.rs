//! Options of planning.

use super::kept::is_named;
use super::{Precision, Reason, Tuning};
use crate::kernels::{Candidate, Site};

/// Options of planning: the largest batch, the preferred kernels, and the precision of tensors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planning {
    batch: usize,
    tuning: Tuning,
    kernel: Option<String>,
    candidate: Option<Candidate>,
    guard: usize,
    precision: Precision,
    kept: Vec<String>,
}

impl Planning {
    /// Returns the options for a largest batch of `batch` images, without preferred kernels.
    pub const fn of_batch(batch: usize) -> Self {
        Self {
            batch,
            tuning: Tuning::NONE,
            kernel: None,
            candidate: None,
            guard: 0,
            precision: Precision::F32,
            kept: Vec::new(),
        }
    }

    /// Prefers the kernels of `tuning` for the layers that they can compute.
    pub fn tuned(self, tuning: Tuning) -> Self {
        Self { tuning, ..self }
    }

    /// Prefers the kernel `name` ([`Candidate::name`]) for all operations that it can compute. It has precedence
    /// over the tuning.
    ///
    /// [`Candidate::name`]: crate::kernels::Candidate::name
    pub fn kernel(self, name: impl Into<String>) -> Self {
        Self {
            kernel: Some(name.into()),
            ..self
        }
    }

    /// Uses `candidate` for all operations that it can compute, whether it is in the registry or declared. It has precedence
    /// over all other choices.
    pub fn candidate(self, candidate: Candidate) -> Self {
        Self {
            candidate: Some(candidate),
            ..self
        }
    }

    /// Stores and multiplies weights and activations in this precision. Inputs and outputs are f32 for the caller.
    pub fn precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// Keeps the parameters and the results of these layers in f32, whatever the precision is. A name is that of a node of the
    /// graph that is planned, or of a module around nodes; see [`kept_in`](super::kept_in).
    pub fn keep_f32(self, layers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            kept: layers.into_iter().map(Into::into).collect(),
            ..self
        }
    }

    /// Adds a guard of `guard` quads before and after each tensor. A guard is part of the binding, but no
    /// tensor uses it. Tests use guards to detect writes out of bounds.
    #[doc(hidden)]
    pub fn guarded(self, guard: usize) -> Self {
        Self { guard, ..self }
    }

    /// Returns the length of the guards around tensors.
    pub(super) fn guard(&self) -> usize {
        self.guard
    }

    /// Returns the precision in which tensors are stored.
    pub(super) fn stored(&self) -> Precision {
        self.precision
    }

    /// Returns the site of the layer `name`, where kernels may round what they multiply to f16 if the precision allows it.
    pub fn in_precision<'a>(&self, site: Site<'a>, name: &str) -> Site<'a> {
        match self.precision.multiplies_f16() && !self.keeps(name) {
            true => site.multiplying_f16(),
            false => site,
        }
    }

    /// Returns whether the layer `name` is kept in f32.
    pub(super) fn keeps(&self, name: &str) -> bool {
        self.kept.iter().any(|kept| is_named(name, kept))
    }

    /// Returns the largest batch.
    pub(crate) fn batch(&self) -> usize {
        self.batch
    }

    /// Returns the kernel that is used for all operations that it can compute.
    pub(super) fn chosen(&self) -> Option<Candidate> {
        self.candidate
    }

    /// Returns the names of the kernels that are preferred for the layer `key`, in order of precedence, and why.
    pub(super) fn preferred(&self, key: impl FnOnce() -> String) -> Vec<(&str, Reason)> {
        let tried = match self.tuning.is_empty() {
            true => None,
            false => self.tuning.winner(&self.precision.tuning_key(&key())),
        };
        let asked = self.kernel.as_deref().map(|name| (name, Reason::Asked));
        let tried = tried.map(|name| (name, Reason::Measured));
        asked.into_iter().chain(tried).collect()
    }
}

impl Default for Planning {
    /// Returns the options for a batch of one image.
    fn default() -> Self {
        Self::of_batch(1)
    }
}
