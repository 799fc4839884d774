//! A run in parts, so that a frame takes only as much of it as it has time for.

use std::ops::Range;
use std::time::Duration;

use super::Session;
use crate::profile::{Ceilings, Profile, Timing};
use crate::program::Program;

/// How far a run has come that is recorded part by part with [`Session::record_part`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    recorded: usize,
}

impl Run {
    /// A run that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Dispatches that were recorded so far.
    pub fn recorded(&self) -> usize {
        self.recorded
    }
}

/// How much of a run one part takes. A part always has at least one dispatch, so that runs come to an end.
#[derive(Clone, Copy, Debug)]
pub enum Budget<'a> {
    /// So many dispatches.
    Dispatches(usize),
    /// As many dispatches as take so long by these times.
    Time(Duration, &'a DispatchTimes),
}

/// How long each dispatch of a session takes on the GPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchTimes(Vec<Duration>);

impl DispatchTimes {
    /// The least time that each dispatch of `plan` can take on an adapter with these `ceilings`, which no kernel
    /// quite reaches.
    pub fn estimated(plan: &Program, ceilings: &Ceilings) -> Self {
        let seconds = plan.dispatches().iter();
        let seconds = seconds.map(|dispatch| ceilings.least_seconds(&dispatch.cost));
        let time = |seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        Self(seconds.map(time).collect())
    }

    /// The median times of a [`Session::profile`] of the same network; none where the device has no timestamps.
    pub fn measured(profile: &Profile) -> Option<Self> {
        let times = profile.dispatches.iter();
        let times = times.map(|dispatch| dispatch.time.map(|time| time.median));
        times.collect::<Option<_>>().map(Self)
    }

    /// How many dispatches from `first` on stay within `budget`. One whose time is not known does not.
    fn within(&self, budget: Duration, first: usize) -> usize {
        let mut sum = Duration::ZERO;
        let times = self.0.iter().skip(first);
        times
            .take_while(|&&time| {
                sum = sum.saturating_add(time);
                sum <= budget
            })
            .count()
    }
}

impl Budget<'_> {
    /// The dispatches of the next part of a run of `all` dispatches, of which `first` are behind it.
    fn part(self, first: usize, all: usize) -> Range<usize> {
        let count = match self {
            Budget::Dispatches(count) => count,
            Budget::Time(budget, times) => times.within(budget, first),
        };
        first..first.saturating_add(count.max(1)).min(all)
    }
}

impl Session {
    /// Records the next part of `run` into `encoder`, one compute pass, and answers whether that was the last
    /// one: then the answer is there, and a new [`Run`] can begin. A finished run records nothing.
    ///
    /// The parts together compute the bits of [`Session::record`]. They can go into one encoder or many, as long
    /// as they are submitted in order; from the first to the last, the session's input must stay as it is, and
    /// no other run of this session may come in between.
    pub fn record_part(
        &self,
        run: &mut Run,
        budget: Budget<'_>,
        encoder: &mut wgpu::CommandEncoder,
    ) -> bool {
        let all = self.calls.len();
        let part = budget.part(run.recorded.min(all), all);
        if !part.is_empty() {
            run.recorded = part.end;
            self.record_dispatches(part, encoder, Timing::WallOnly, None);
        }
        run.recorded >= all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_a_run_once_and_in_order() {
        let times = DispatchTimes([3, 1, 1, 9, 2, 4].map(Duration::from_micros).to_vec());
        let parts = |budget: Budget<'_>| {
            let mut parts = vec![budget.part(0, 6)];
            while parts[parts.len() - 1].end < 6 {
                parts.push(budget.part(parts[parts.len() - 1].end, 6));
            }
            parts
        };
        assert_eq!(parts(Budget::Dispatches(4)), [0..4, 4..6]);
        assert_eq!(parts(Budget::Dispatches(0)).len(), 6);
        assert_eq!(parts(Budget::Dispatches(usize::MAX)), vec![0..6]);
        let budget = |micros| Budget::Time(Duration::from_micros(micros), &times);
        // A dispatch that alone is over the budget has a part to itself.
        assert_eq!(parts(budget(5)), [0..3, 3..4, 4..5, 5..6]);
        assert_eq!(parts(budget(6)), [0..3, 3..4, 4..6]);
        assert_eq!(parts(budget(100)), vec![0..6]);
        assert!(budget(100).part(6, 6).is_empty());
        // Times of a shorter network: the rest goes one by one.
        assert_eq!(budget(100).part(6, 9), 6..7);
    }
}
