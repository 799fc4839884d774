//! What the time before a first answer is spent on.

use std::time::{Duration, Instant};

use menagerie::profile::Interval;
use menagerie::session::Preparation;

/// The steps to the first answer. All times count from the beginning of the first step.
#[derive(Clone, Copy, Debug)]
pub struct FirstAnswer {
    /// Opening the weights.
    pub load: Interval,
    /// Building the graph and running the passes.
    pub plan: Interval,
    /// Opening the device.
    pub device: Interval,
    /// `Session::new`.
    pub session: Interval,
    /// The parts of the session's preparation, counted from its beginning.
    pub preparation: Preparation,
    /// The first run.
    pub run: Interval,
}

impl FirstAnswer {
    /// The whole time.
    pub fn total(&self) -> Duration {
        self.run.end
    }

    /// Graph, passes and plan.
    pub fn planning(&self) -> Duration {
        self.plan.duration() + self.preparation.plan.duration()
    }

    /// A part of the session's preparation, counted from the beginning of the first step.
    pub fn in_session(&self, part: Interval) -> Interval {
        Interval {
            begin: self.session.begin + part.begin,
            end: self.session.begin + part.end,
        }
    }
}

/// Measures the times of steps.
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Runs `step`, and returns its result and its interval.
    pub fn time<T, E>(&self, step: impl FnOnce() -> Result<T, E>) -> Result<(T, Interval), E> {
        let begin = self.0.elapsed();
        let answer = step()?;
        let end = self.0.elapsed();
        Ok((answer, Interval { begin, end }))
    }
}
