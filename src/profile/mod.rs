//! Where a network's time goes: each dispatch on the GPU's clock, beside what the adapter could do.

mod dispatch_times;
mod interleaved;
mod measure;
mod quartiles;
#[cfg(feature = "cache")]
mod remembered;
mod roofline;
mod spread;
mod timed_session;

use std::time::Duration;

pub use interleaved::{Alternative, AlternativeTimes, time_interleaved};
pub use quartiles::Quartiles;
pub use roofline::{ROOFLINE_KERNELS, Roofline};
pub use spread::Spread;
pub use timed_session::TimedSession;

use crate::graph::Cost;
use crate::kernels::Kernel;
use crate::tensor::Shape;
pub use crate::timing::{Interval, Timing};

/// A network's runs, timed.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// How its kernels were timed.
    pub timing: Timing,
    /// The dispatches, in order.
    pub dispatches: Vec<DispatchProfile>,
    /// The timed runs; none where the device has no timestamps.
    pub runs: Vec<TimedRun>,
    /// Wall time of untimed runs, from the input in host memory to the answer there.
    pub wall: Spread,
}

/// A dispatch, and how long it took.
#[derive(Clone, Debug, PartialEq)]
pub struct DispatchProfile {
    /// Name of the node that it computes.
    pub layer: String,
    /// The operation, as listings show it.
    pub operation: String,
    /// The kernel.
    pub kernel: &'static Kernel,
    /// Shape of the result for one image.
    pub shape: Shape,
    /// Workgroups along each axis.
    pub workgroups: [u32; 3],
    /// What the operation takes for the whole batch.
    pub cost: Cost,
    /// Time on the GPU; none where the device has no timestamps.
    pub time: Option<Spread>,
}

impl DispatchProfile {
    /// Floating-point operations a second, by the median time.
    pub fn flops_per_second(&self) -> Option<f64> {
        self.per_second(self.cost.flops)
    }

    /// Bytes a second, by the median time.
    pub fn bytes_per_second(&self) -> Option<f64> {
        self.per_second(self.cost.bytes())
    }

    /// The least time that `roofline` allow over the median time: 1 for a kernel that reaches its roofline,
    /// more where its data comes from a cache.
    pub fn roofline_fraction(&self, roofline: &Roofline) -> Option<f64> {
        self.per_second(1)
            .map(|rate| rate * roofline.least_seconds(&self.cost))
    }

    /// None where there is no time, or one too short for the clock.
    fn per_second(&self, count: u64) -> Option<f64> {
        let seconds = self.time?.median.as_secs_f64();
        (seconds > 0.0).then(|| count as f64 / seconds)
    }
}

/// A timed run. All times count from the begin of the first timed run, on the GPU's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedRun {
    /// Its passes: one, or one for each dispatch.
    pub passes: Vec<Interval>,
    /// Its dispatches.
    pub dispatches: Vec<Interval>,
}

impl TimedRun {
    /// From the begin of the first pass to the end of the last.
    pub fn span(&self) -> Interval {
        let begins = self.passes.iter().map(|pass| pass.begin);
        let ends = self.passes.iter().map(|pass| pass.end);
        Interval {
            begin: begins.min().unwrap_or_default(),
            end: ends.max().unwrap_or_default(),
        }
    }

    /// The dispatches' own times together.
    pub fn kernels(&self) -> Duration {
        self.dispatches.iter().map(Interval::duration).sum()
    }
}

impl Profile {
    /// The dispatches' median times together; none where the device has no timestamps.
    pub fn kernels(&self) -> Option<Duration> {
        self.dispatches
            .iter()
            .map(|dispatch| dispatch.time.map(|time| time.median))
            .sum()
    }

    /// From the begin of a run's first pass to the end of its last, on the GPU's clock; none where the
    /// device has no timestamps.
    pub fn span(&self) -> Option<Spread> {
        Spread::of(self.runs.iter().map(|run| run.span().duration()).collect())
    }

    /// Each dispatch's share of the dispatches' time, in tenths of a percent that add up to 1000: each share
    /// is rounded down, and what is missing goes to those that lost most. None where the device has no
    /// timestamps, or its clock stood still.
    pub fn shares(&self) -> Option<Vec<u32>> {
        const WHOLE: u128 = 1000;
        let times: Option<Vec<u128>> = self
            .dispatches
            .iter()
            .map(|dispatch| dispatch.time.map(|time| time.median.as_nanos()))
            .collect();
        let times = times?;
        let sum: u128 = times.iter().sum();
        if sum == 0 {
            return None;
        }
        let mut shares: Vec<u128> = times.iter().map(|time| time * WHOLE / sum).collect();
        let missing = WHOLE - shares.iter().sum::<u128>();
        let mut lost: Vec<usize> = (0..times.len()).collect();
        lost.sort_by_key(|&index| std::cmp::Reverse(times[index] * WHOLE % sum));
        for &index in lost.iter().take(missing as usize) {
            shares[index] += 1;
        }
        Some(shares.into_iter().map(|share| share as u32).collect())
    }
}
