//! The time for a part of the report.

use std::time::{Duration, Instant};

/// The time for a part of the report. A part begins nothing new after its end, so that the whole takes a known time on any
/// device.
#[derive(Clone, Copy)]
pub struct Budget {
    end: Instant,
}

impl Budget {
    /// The time until `end` after `begin`.
    pub fn new(begin: Instant, end: Duration) -> Self {
        Self { end: begin + end }
    }

    /// The time that is left.
    pub fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// Whether no time is left.
    pub fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    /// The share of one of `parts` that are still to come.
    pub fn share(&self, parts: usize) -> Duration {
        self.left() / parts.max(1) as u32
    }
}
