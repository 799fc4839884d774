//! The largest value among all parameters that were read.

use std::sync::atomic::{AtomicU32, Ordering};

/// The largest absolute value so far. Threads that read parameters share it.
#[derive(Debug, Default)]
pub(super) struct Largest(AtomicU32);

impl Largest {
    /// Takes `values` into account, which are finite.
    pub fn add(&self, values: &[f32]) {
        let largest = values
            .iter()
            .fold(0.0_f32, |largest, value| largest.max(value.abs()));
        // The bits of numbers that are not negative have the order of the numbers.
        self.0.fetch_max(largest.to_bits(), Ordering::Relaxed);
    }

    pub fn get(&self) -> f32 {
        f32::from_bits(self.0.load(Ordering::Relaxed))
    }
}
