//! Running a network continuously on a changing picture. Each run is spread over several frames, within a budget for each
//! frame.

use std::collections::VecDeque;

use super::{Answer, Answers};
use crate::error::Result;
use crate::session::{Budget, Output, Run, Session};

/// Runs a session continuously, with one part of a run in each frame. Each answer has the tag `T` of the frame in which
/// its run began, for example a frame number or a time. No frame blocks.
///
/// A run reads the frame in which it begins, and ignores the frames until it ends. So an application that draws faster
/// than its network runs gets fewer answers, but always of the newest possible frame, and there is no backlog.
///
/// ```no_run
/// use std::time::{Duration, Instant};
/// use menagerie::frame::{ContinuousRun, TextureInput};
/// use menagerie::session::{Budget, DispatchTimes, Session};
///
/// fn frame(
///     network: &mut ContinuousRun<Instant>,
///     (session, input, times): (&Session, &TextureInput, &DispatchTimes),
///     frame: &mut wgpu::CommandEncoder,
/// ) -> menagerie::Result<()> {
///     let budget = Budget::Time(Duration::from_millis(2), times);
///     network.record(session, Instant::now(), |frame| input.record(frame), budget, frame);
///     if let Some(answer) = network.latest()? {
///         println!("{:?}, from the frame of {:?} ago", answer.answer.top_k(0, 1), answer.began.elapsed());
///     }
///     Ok(())
/// }
/// ```
pub struct ContinuousRun<T> {
    run: Run,
    /// Tag of the run that is being recorded, and the number of frames with a part of it.
    current: Option<(T, u32)>,
    answers: Answers,
    /// The runs whose answers are in flight.
    awaited: VecDeque<Awaited<T>>,
    left_out: u64,
}

struct Awaited<T> {
    number: u64,
    began: T,
    frames: u32,
}

/// An answer of a [`ContinuousRun`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FollowedAnswer<'a, T> {
    /// The answer.
    pub answer: Answer<'a>,
    /// Tag of the frame in which its run began.
    pub began: T,
    /// Number of frames over which its run was spread.
    pub frames: u32,
}

impl<T: Clone> ContinuousRun<T> {
    /// A continuous run for an output of a session, with at most `depth` answers in flight; see [`Answers::new_async`].
    ///
    /// # Errors
    /// Those of [`Answers::new_async`].
    pub async fn new_async<'a>(output: impl Into<Output<'a>>, depth: usize) -> Result<Self> {
        Ok(Self {
            run: Run::new(),
            current: None,
            answers: Answers::new_async(output, depth).await?,
            awaited: VecDeque::new(),
            left_out: 0,
        })
    }

    /// Records the next part of the run of `session`, within `budget`. `session` must be the session of the output. If a
    /// run begins in this frame, `input` records how its input is written, and its answer gets the tag `began`.
    ///
    /// Returns the tag of the run if it ends in this frame. Then all outputs of the session are valid until the next frame,
    /// for example for a heat map or a mask.
    pub fn record(
        &mut self,
        session: &Session,
        began: T,
        input: impl FnOnce(&mut wgpu::CommandEncoder),
        budget: Budget<'_>,
        frame: &mut wgpu::CommandEncoder,
    ) -> Option<T> {
        let (began, frames) = match self.current.take() {
            Some((began, frames)) => (began, frames + 1),
            None => {
                input(frame);
                (began, 1)
            }
        };
        if !session.record_part(&mut self.run, budget, frame) {
            self.current = Some((began, frames));
            return None;
        }
        self.run = Run::new();
        match self.answers.record(frame) {
            Some(number) => self.awaited.push_back(Awaited {
                number,
                began: began.clone(),
                frames,
            }),
            None => self.left_out += 1,
        }
        Some(began)
    }

    /// The newest answer that has arrived since the last call, or `None`. It never blocks. Runs from before a
    /// [`ContinuousRun::restart`] give no answer.
    ///
    /// # Errors
    /// Those of [`Answers::latest`].
    pub fn latest(&mut self) -> Result<Option<FollowedAnswer<'_, T>>> {
        let Some(answer) = self.answers.latest()? else {
            return Ok(None);
        };
        while let Some(awaited) = self.awaited.pop_front() {
            if awaited.number == answer.number {
                return Ok(Some(FollowedAnswer {
                    answer,
                    began: awaited.began,
                    frames: awaited.frames,
                }));
            }
            if awaited.number > answer.number {
                self.awaited.push_front(awaited);
                break;
            }
        }
        Ok(None)
    }

    /// Begins a new run in the next frame, and drops the current run and all answers in flight. Call it when the picture
    /// has changed to another one.
    pub fn restart(&mut self) {
        self.run = Run::new();
        self.current = None;
        self.awaited.clear();
    }

    /// Number of runs without an answer, because all buffers for answers were in flight.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}
