//! What runs and preparations are timed with: stretches of time, the host's clock, timestamps on the device's.

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
    /// By timestamps around each dispatch, in the one pass that a run is.
    InPass,
    /// By timestamps around passes only, so each kernel is timed in a pass of its own. Beginning and ending
    /// passes takes time that an untimed run does not need.
    PassPerKernel,
    /// Not at all: the host's clock times whole runs.
    WallOnly,
}

impl Timing {
    /// The best that the device can do with the features it has.
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

/// A stretch of time, counted from some begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Interval {
    pub begin: Duration,
    pub end: Duration,
}

impl Interval {
    /// Its length.
    pub fn duration(&self) -> Duration {
        self.end.saturating_sub(self.begin)
    }
}
