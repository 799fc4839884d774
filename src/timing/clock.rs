//! The host's clock.

use std::time::Duration;

#[cfg(not(target_arch = "wasm32"))]
use std::time::Instant;
// In a browser, the clock of the standard library panics.
#[cfg(target_arch = "wasm32")]
use web_time::Instant;

use super::Interval;

/// The host's clock, which counts from its start.
pub struct Clock(Instant);

impl Clock {
    /// Starts the clock.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub fn now(&self) -> Duration {
        self.0.elapsed()
    }

    /// The interval from `begin` to now.
    pub fn since(&self, begin: Duration) -> Interval {
        let end = self.now();
        Interval { begin, end }
    }
}
