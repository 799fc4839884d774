//! Recording a run in parts, so that each frame takes only as many dispatches as it has time for.

use std::ops::Range;
use std::time::Duration;

use super::Session;
use crate::timing::Timing;

/// The progress of a run that is recorded in parts with [`Session::record_part`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    recorded: usize,
}

impl Run {
    /// A run without any recorded dispatch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of dispatches that were recorded so far.
    pub fn recorded(&self) -> usize {
        self.recorded
    }
}

/// The size of one part of a run. A part has at least one dispatch, so that every run ends.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Budget<'a> {
    /// This number of dispatches.
    Dispatches(usize),
    /// As many dispatches as fit into this time, according to these times.
    Time(Duration, &'a DispatchTimes),
}

/// The time of each dispatch of a session on the GPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchTimes(Vec<Duration>);

impl DispatchTimes {
    /// The times of the dispatches, in their order.
    pub fn new(times: Vec<Duration>) -> Self {
        Self(times)
    }

    /// Number of dispatches, from `first` on, that fit into `budget`. A dispatch without a known time does not fit.
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
    /// The dispatches of the next part of a run of `all` dispatches, of which `first` are recorded.
    fn part(self, first: usize, all: usize) -> Range<usize> {
        let count = match self {
            Budget::Dispatches(count) => count,
            Budget::Time(budget, times) => times.within(budget, first),
        };
        first..first.saturating_add(count.max(1)).min(all)
    }
}

impl Session {
    /// Records the next part of `run` into `encoder`, as one compute pass. Returns `true` if it was the last part: then
    /// the outputs are complete, and a new [`Run`] can begin. A finished run records nothing.
    ///
    /// All parts together compute the same bits as [`Session::record`]. They can be recorded into one or several encoders,
    /// but must be submitted in order. From the first part to the last, the session's input must not change, and no other
    /// run of this session may be submitted.
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
        // A dispatch that exceeds the budget alone is a part of its own.
        assert_eq!(parts(budget(5)), [0..3, 3..4, 4..5, 5..6]);
        assert_eq!(parts(budget(6)), [0..3, 3..4, 4..6]);
        assert_eq!(parts(budget(100)), vec![0..6]);
        assert!(budget(100).part(6, 6).is_empty());
        // Dispatches without known times are recorded one by one.
        assert_eq!(budget(100).part(6, 9), 6..7);
    }
}
