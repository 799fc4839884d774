//! Profiling: the time of each dispatch of a network on the GPU's clock, and the roofline of the adapter.

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

/// The measured times of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// How the kernels were timed.
    pub timing: Timing,
    /// The dispatches, in order.
    pub dispatches: Vec<DispatchProfile>,
    /// The timed runs; empty if the device has no timestamps.
    pub runs: Vec<TimedRun>,
    /// Wall time of untimed runs, from the input in host memory to the output in host memory.
    pub wall: Spread,
}

/// A dispatch and its time.
#[derive(Clone, Debug, PartialEq)]
pub struct DispatchProfile {
    /// Name of the graph's node that it computes.
    pub layer: String,
    /// The operation, as listings show it.
    pub operation: String,
    /// The kernel.
    pub kernel: &'static Kernel,
    /// Shape of the result for one image.
    pub shape: Shape,
    /// Number of workgroups along each axis.
    pub workgroups: [u32; 3],
    /// The cost of the operation for the whole batch.
    pub cost: Cost,
    /// Time on the GPU, or `None` if the device has no timestamps.
    pub time: Option<Spread>,
}

impl DispatchProfile {
    /// Floating-point operations per second, from the median time.
    pub fn flops_per_second(&self) -> Option<f64> {
        self.per_second(self.cost.flops)
    }

    /// Bytes per second, from the median time.
    pub fn bytes_per_second(&self) -> Option<f64> {
        self.per_second(self.cost.bytes())
    }

    /// The least time that `roofline` allows, divided by the median time. It is 1 for a kernel that reaches the
    /// roofline, and larger if the data comes from a cache.
    pub fn roofline_fraction(&self, roofline: &Roofline) -> Option<f64> {
        self.per_second(1)
            .map(|rate| rate * roofline.least_seconds(&self.cost))
    }

    /// Returns `None` if there is no time, or if it is too short for the clock.
    fn per_second(&self, count: u64) -> Option<f64> {
        let seconds = self.time?.median.as_secs_f64();
        (seconds > 0.0).then(|| count as f64 / seconds)
    }
}

/// A timed run. All times are on the GPU's clock and count from the beginning of the first timed run.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedRun {
    /// Its compute passes: one, or one for each dispatch.
    pub passes: Vec<Interval>,
    /// Its dispatches.
    pub dispatches: Vec<Interval>,
}

impl TimedRun {
    /// The interval from the beginning of the first pass to the end of the last one.
    pub fn span(&self) -> Interval {
        let begins = self.passes.iter().map(|pass| pass.begin);
        let ends = self.passes.iter().map(|pass| pass.end);
        Interval {
            begin: begins.min().unwrap_or_default(),
            end: ends.max().unwrap_or_default(),
        }
    }

    /// The sum of the times of all dispatches.
    pub fn kernels(&self) -> Duration {
        self.dispatches.iter().map(Interval::duration).sum()
    }
}

impl Profile {
    /// The sum of the median times of all dispatches, or `None` if the device has no timestamps.
    pub fn kernels(&self) -> Option<Duration> {
        self.dispatches
            .iter()
            .map(|dispatch| dispatch.time.map(|time| time.median))
            .sum()
    }

    /// The time from the beginning of a run's first pass to the end of its last pass, on the GPU's clock. Returns `None`
    /// if the device has no timestamps.
    pub fn span(&self) -> Option<Spread> {
        Spread::of(self.runs.iter().map(|run| run.span().duration()).collect())
    }

    /// The share of each dispatch in the time of all dispatches, in tenths of a percent. The shares add up to 1000: each is
    /// rounded down, and the missing tenths go to the shares with the largest remainders. Returns `None` if the device has
    /// no timestamps, or if its clock does not advance.
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
