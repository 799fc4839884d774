//! What was found out about kernels by trying them: plain data that plans follow where they can.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The fastest kernel, by [name](crate::kernels::Candidate::name), of each layer
/// ([`Site::layer`](crate::kernels::Site::layer)) that was tried on a device. Copies share their content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tuning(Option<Arc<BTreeMap<String, String>>>);

impl Tuning {
    /// Nothing was tried.
    pub const NONE: Self = Self(None);

    /// Whether nothing was tried.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The kernel that was fastest for the layer `key`.
    pub fn winner(&self, key: &str) -> Option<&str> {
        self.0.as_ref()?.get(key).map(String::as_str)
    }

    /// Makes `kernel` the fastest for the layer `key`.
    pub fn prefer(&mut self, key: String, kernel: impl Into<String>) {
        let winners = self.0.get_or_insert_default();
        Arc::make_mut(winners).insert(key, kernel.into());
    }

    /// All layers with their kernels, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let winners = self.0.iter().flat_map(|winners| winners.iter());
        winners.map(|(key, kernel)| (key.as_str(), kernel.as_str()))
    }
}
