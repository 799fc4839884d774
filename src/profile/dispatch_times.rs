//! What a run that is split over frames needs to know of its dispatches.

use std::time::Duration;

use super::{Profile, Roofline};
use crate::program::Program;
use crate::session::DispatchTimes;

impl DispatchTimes {
    /// The least time that each dispatch of `program` can take on an adapter with these `roofline`, which no kernel
    /// quite reaches.
    pub fn estimated(program: &Program, roofline: &Roofline) -> Self {
        let seconds = program.dispatches().iter();
        let seconds = seconds.map(|dispatch| roofline.least_seconds(&dispatch.cost));
        let time = |seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        Self::new(seconds.map(time).collect())
    }

    /// The median times of a [profile](crate::session::Session::profile) of the same network; none where the device has no timestamps.
    pub fn measured(profile: &Profile) -> Option<Self> {
        let times = profile.dispatches.iter();
        let times = times.map(|dispatch| dispatch.time.map(|time| time.median));
        times.collect::<Option<_>>().map(Self::new)
    }
}
