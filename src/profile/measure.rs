//! Timing the runs of a session.

use std::time::Duration;

use super::{DispatchProfile, Interval, Profile, Spread, TimedRun, Timing};
use crate::error::{Error, ErrorKind, Result};
use crate::program::Dispatch;
use crate::session::{Session, named};
use crate::tensor::{Images, Tensor};
use crate::timing::passes::spans;
use crate::timing::{Clock, Span, Timer};

impl Session {
    /// Profiles the network on `input`: after a warm-up run, it makes `runs` untimed and `runs` timed runs, interleaved.
    /// Later runs of the session are not affected.
    ///
    /// # Errors
    /// Those of [`Session::run_async`]; [`ErrorKind::Input`] if `runs` is 0.
    pub async fn profile_async(&mut self, input: &Tensor, runs: usize) -> Result<Profile> {
        self.profile_inputs(&[input.into()], runs).await
    }

    /// As [`Session::profile_async`], for several inputs by name.
    ///
    /// # Errors
    /// As [`Session::profile_async`], and those of [`Session::write_inputs`].
    pub async fn profile_named_async(
        &mut self,
        inputs: &[(&str, &Tensor)],
        runs: usize,
    ) -> Result<Profile> {
        let inputs = named(inputs);
        let inputs = self.in_order(&inputs)?;
        self.profile_inputs(&inputs, runs).await
    }

    async fn profile_inputs(&mut self, inputs: &[Images<'_>], runs: usize) -> Result<Profile> {
        let timing = Timing::of(self.gpu());
        let spans = spans(self.program().dispatches().len(), timing);
        let timer = (spans > 0)
            .then(|| Timer::new(self.gpu(), spans))
            .transpose()?;
        self.run_images(inputs).await?;
        let clock = Clock::start();
        let mut wall = Vec::new();
        let mut timed = Vec::new();
        for _ in 0..runs {
            let begin = clock.now();
            self.run_images(inputs).await?;
            wall.push(clock.since(begin).duration());
            if let Some(timer) = &timer {
                timed.push(self.run_timed(inputs, timing, timer).await?);
            }
        }
        let wall = Spread::of(wall).ok_or_else(|| {
            Error::new(ErrorKind::Input, "a profile needs at least 1 run, found 0")
        })?;
        let runs = timed_runs(&timed, timing);
        let dispatches = self.program().dispatches().iter().enumerate();
        Ok(Profile {
            timing,
            dispatches: dispatches
                .map(|(index, dispatch)| row(dispatch, index, &runs))
                .collect(),
            runs,
            wall,
        })
    }
}

fn row(dispatch: &Dispatch, index: usize, runs: &[TimedRun]) -> DispatchProfile {
    let times = runs.iter().map(|run| run.dispatches[index].duration());
    DispatchProfile {
        layer: dispatch.node.clone(),
        operation: dispatch.operation.clone(),
        kernel: dispatch.kernel,
        shape: dispatch.shape,
        workgroups: dispatch.workgroups,
        cost: dispatch.cost,
        time: Spread::of(times.collect()),
    }
}

/// The spans of each run, as times since the beginning of the first one.
fn timed_runs(runs: &[Vec<Span>], timing: Timing) -> Vec<TimedRun> {
    let begins = runs.first().into_iter().flatten().map(|[begin, _]| *begin);
    let origin = begins.min().unwrap_or_default();
    let since = |time: u64| Duration::from_nanos(time.saturating_sub(origin));
    let interval = |&[begin, end]: &Span| Interval {
        begin: since(begin),
        end: since(end),
    };
    runs.iter()
        .map(|spans| {
            let (passes, dispatches) = match timing {
                Timing::InPass => spans.split_at(1.min(spans.len())),
                Timing::PassPerKernel | Timing::WallOnly => (&spans[..], &spans[..]),
            };
            TimedRun {
                passes: passes.iter().map(interval).collect(),
                dispatches: dispatches.iter().map(interval).collect(),
            }
        })
        .collect()
}
