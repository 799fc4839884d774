//! A session whose runs are timed one by one.

use std::time::{Duration, Instant};

use super::Timing;
use super::timer::Timer;
use crate::error::Result;
use crate::session::Session;
use crate::tensor::Tensor;

/// What a run is repeated for on the host's clock, so that other things than the kernels count less.
const LONG_ENOUGH: Duration = Duration::from_millis(10);

/// Times its runs by the kernels' own time where the device has timestamps, and otherwise by the host's clock,
/// with all that a run takes beside its kernels.
pub struct TimedSession {
    session: Session,
    input: Tensor,
    timer: Option<Timer>,
}

impl TimedSession {
    /// Times `session` on `input`.
    pub fn new(session: Session, input: Tensor) -> Self {
        let timed = Timing::of(session.gpu()) != Timing::WallOnly;
        let dispatches = session.plan().dispatches().len();
        Self {
            timer: (timed && dispatches > 0).then(|| Timer::new(session.gpu(), dispatches)),
            session,
            input,
        }
    }

    /// The time of one run.
    ///
    /// # Errors
    /// Those of [`Session::run`].
    pub fn run(&mut self) -> Result<Duration> {
        if let Some(timer) = &self.timer {
            let spans = self
                .session
                .run_timed(&self.input, Timing::PassPerKernel, timer)?;
            let nanoseconds = spans.iter().map(|[begin, end]| end.saturating_sub(*begin));
            return Ok(Duration::from_nanos(nanoseconds.sum()));
        }
        let begin = Instant::now();
        let mut runs = 0;
        while runs == 0 || begin.elapsed() < LONG_ENOUGH {
            self.session.run(&self.input)?;
            runs += 1;
        }
        Ok(begin.elapsed() / runs)
    }
}
