//! The host's clock.

use std::time::{Duration, Instant};

use super::Interval;

/// The host's clock, counted from its start.
pub struct Clock(Instant);

impl Clock {
    /// Starts it.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub fn now(&self) -> Duration {
        self.0.elapsed()
    }

    /// What `part` answers, and when it ran.
    pub fn time<T>(&self, part: impl FnOnce() -> T) -> (T, Interval) {
        let begin = self.now();
        let answer = part();
        let end = self.now();
        (answer, Interval { begin, end })
    }
}
