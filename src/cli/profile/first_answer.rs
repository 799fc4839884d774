//! What the time before a first answer is spent on.

use std::time::{Duration, Instant};

use menagerie::profile::Interval;
use menagerie::session::Preparation;

/// The way to a first answer, counted from its begin, step by step.
#[derive(Clone, Copy, Debug)]
pub struct FirstAnswer {
    /// Opening the weights.
    pub load: Interval,
    /// Building the graph and its passes.
    pub plan: Interval,
    /// Opening the device.
    pub device: Interval,
    /// `Session::new`.
    pub session: Interval,
    /// Its parts, counted from its begin.
    pub preparation: Preparation,
    /// The first run.
    pub run: Interval,
}

impl FirstAnswer {
    /// All of it.
    pub fn total(&self) -> Duration {
        self.run.end
    }

    /// Graph, passes and plan.
    pub fn planning(&self) -> Duration {
        self.plan.duration() + self.preparation.plan.duration()
    }

    /// A part of the session's preparation, counted from the begin of all.
    pub fn in_session(&self, part: Interval) -> Interval {
        Interval {
            begin: self.session.begin + part.begin,
            end: self.session.begin + part.end,
        }
    }
}

/// Times steps.
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// What `step` answers, and when it ran.
    pub fn time<T, E>(&self, step: impl FnOnce() -> Result<T, E>) -> Result<(T, Interval), E> {
        let begin = self.0.elapsed();
        let answer = step()?;
        let end = self.0.elapsed();
        Ok((answer, Interval { begin, end }))
    }
}
