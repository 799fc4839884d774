//! What was found out about kernels by trying them: plain data that plans follow where they can.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::device::Storage;
use crate::graph::{Activation, Op, Shape};

/// The fastest kernel, by name, of each layer that was tried on a device. Copies share their content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tuning(Option<Arc<BTreeMap<String, String>>>);

impl Tuning {
    /// Nothing was tried.
    pub const NONE: Self = Self(None);

    /// What is known of a layer: the operation `op` on `input` for `batch` images, its tensors in `storage`.
    /// Bias, residual and activation are left out of it: all kernels do them alike.
    pub fn key(op: &Op, input: Shape, batch: usize, storage: Storage) -> String {
        let mut op = op.clone();
        if let Some(activation) = op.activation_mut() {
            *activation = Activation::Identity;
        }
        match &mut op {
            Op::Conv2d(op) => op.bias = None,
            Op::Linear(op) => op.bias = None,
            _ => {}
        }
        format!("{op} of {input}, batch {batch}, {storage}")
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
