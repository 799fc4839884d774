//! Timing of runs and preparations: intervals, the host's clock, and timestamps on the device's clock.

mod clock;
pub mod passes;
mod timer;

use std::fmt;
use std::time::Duration;

pub use clock::Clock;
pub use timer::{Span, Timer};

use crate::gpu::Gpu;

/// How a device can time kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// Timestamps around each dispatch, in the single pass of a run.
    InPass,
    /// Timestamps only around passes, so each kernel is timed in a pass of its own. Starting and ending passes takes time
    /// that an untimed run does not need.
    PassPerKernel,
    /// No timestamps: the host's clock times whole runs.
    WallOnly,
}

impl Timing {
    /// The most precise timing that the device's features allow.
    pub fn of(gpu: &Gpu) -> Self {
        let features = gpu.device().features();
        if !features.contains(wgpu::Features::TIMESTAMP_QUERY) {
            Timing::WallOnly
        } else if !features.contains(wgpu::Features::TIMESTAMP_QUERY_INSIDE_PASSES) {
            Timing::PassPerKernel
        } else {
            Timing::InPass
        }
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Timing::InPass => "timestamps inside the run's pass",
            Timing::PassPerKernel => {
                "a pass for each kernel, since this device has no timestamps inside passes"
            }
            Timing::WallOnly => "wall time only, since this device has no timestamps",
        })
    }
}

/// An interval of time, relative to some start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Interval {
    pub begin: Duration,
    pub end: Duration,
}

impl Interval {
    /// The length of the interval.
    pub fn duration(&self) -> Duration {
        self.end.saturating_sub(self.begin)
    }
}
