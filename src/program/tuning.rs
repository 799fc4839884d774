//! The results of autotuning, as plain data. Plans use the fastest kernel that was measured.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The fastest kernel, by [name](crate::kernels::Candidate::name), of each layer
/// ([`Site::layer`](crate::kernels::Site::layer)) that was measured on a device. Copies share their content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tuning(Option<Arc<BTreeMap<String, String>>>);

impl Tuning {
    /// No measurements.
    pub const NONE: Self = Self(None);

    /// Returns whether there are no measurements.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Returns the fastest kernel for the layer `key`.
    pub fn winner(&self, key: &str) -> Option<&str> {
        self.0.as_ref()?.get(key).map(String::as_str)
    }

    /// Sets `kernel` as the fastest for the layer `key`.
    pub fn prefer(&mut self, key: String, kernel: impl Into<String>) {
        let winners = self.0.get_or_insert_default();
        Arc::make_mut(winners).insert(key, kernel.into());
    }

    /// Returns all layers with their kernels, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let winners = self.0.iter().flat_map(|winners| winners.iter());
        winners.map(|(key, kernel)| (key.as_str(), kernel.as_str()))
    }
}
