//! Times of dispatches, estimated or measured, for runs that are split over frames.

use std::time::Duration;

use super::{Profile, Roofline};
use crate::program::Program;
use crate::session::DispatchTimes;

impl DispatchTimes {
    /// The least time of each dispatch of `program` on an adapter with this `roofline`. Kernels take longer.
    pub fn estimated(program: &Program, roofline: &Roofline) -> Self {
        let seconds = program.dispatches().iter();
        let seconds = seconds.map(|dispatch| roofline.least_seconds(&dispatch.cost));
        let time = |seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        Self::new(seconds.map(time).collect())
    }

    /// The median times of a [profile](crate::session::Session::profile) of the same network, or `None` if the device has
    /// no timestamps.
    pub fn measured(profile: &Profile) -> Option<Self> {
        let times = profile.dispatches.iter();
        let times = times.map(|dispatch| dispatch.time.map(|time| time.median));
        times.collect::<Option<_>>().map(Self::new)
    }
}
