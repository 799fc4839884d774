//! A session whose runs are timed one by one.

use std::time::Duration;

use crate::error::Result;
use crate::gpu::Gpu;
use crate::session::Session;
use crate::tensor::Tensor;
use crate::timing::{Clock, Timer, Timing};

/// How long runs are repeated if the host's clock times them, so that work outside the kernels has less weight.
const REPEAT_FOR: Duration = Duration::from_millis(10);

/// A session that times each run. If the device has timestamps, a run's time is the sum of its kernels' times.
/// Otherwise it is the time of the whole run on the host's clock.
pub struct TimedSession {
    session: Session,
    input: Tensor,
    timer: Option<Timer>,
}

impl TimedSession {
    /// A timed session that runs `session` on `input`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`](crate::ErrorKind::OutOfMemory) if the device has too little memory.
    pub fn new(session: Session, input: Tensor) -> Result<Self> {
        let timed = Timing::of(session.gpu()) != Timing::WallOnly;
        let dispatches = session.program().dispatches().len();
        let timer = (timed && dispatches > 0).then(|| Timer::new(session.gpu(), dispatches));
        Ok(Self {
            timer: timer.transpose()?,
            session,
            input,
        })
    }

    /// The time of one run.
    ///
    /// # Errors
    /// Those of [`Session::run_async`].
    pub async fn run_async(&mut self) -> Result<Duration> {
        let Self { session, input, .. } = self;
        if let Some(timer) = &self.timer {
            let inputs = [(&*input).into()];
            let spans = session.run_timed(&inputs, Timing::PassPerKernel, timer);
            let spans = spans.await?;
            let nanoseconds = spans.iter().map(|[begin, end]| end.saturating_sub(*begin));
            return Ok(Duration::from_nanos(nanoseconds.sum()));
        }
        let clock = Clock::start();
        let mut runs = 0;
        while runs == 0 || clock.now() < REPEAT_FOR {
            session.run_async(input).await?;
            runs += 1;
        }
        Ok(clock.now() / runs)
    }

    /// The device that it runs on.
    pub fn gpu(&self) -> &Gpu {
        self.session.gpu()
    }
}
