//! A network that follows a picture: run after run, each spread over as many frames as its budget takes.

use std::collections::VecDeque;

use super::{Answer, Answers};
use crate::error::Result;
use crate::session::{Budget, Output, Run, Session};

/// Runs a session again and again, a part of a run in each frame, and tells of each answer what its run began with: a
/// frame's number or time, `T`. No frame waits for anything.
///
/// A run looks at the frame that it begins in. The frames until it ends are not looked at, so an application that draws
/// faster than its network runs gets fewer answers, each as fresh as it can be, and no backlog.
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
///         println!("{:?} of what was seen {:?} ago", answer.answer.top_k(0, 1), answer.began.elapsed());
///     }
///     Ok(())
/// }
/// ```
pub struct ContinuousRun<T> {
    run: Run,
    /// What the run that is being recorded began with, and frames that it has had a part in.
    current: Option<(T, u32)>,
    answers: Answers,
    /// The runs whose answers are under way.
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
pub struct FollowedAnswer<'a, T> {
    /// The answer.
    pub answer: Answer<'a>,
    /// What its run began with.
    pub began: T,
    /// Number of frames that its run was spread over.
    pub frames: u32,
}

impl<T: Clone> ContinuousRun<T> {
    /// For the answer of a session, or another output of it, with room for `depth` answers under way; see
    /// [`Answers::new_async`].
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

    /// Records this frame's part of the run of `session`, whose answer this is for: no more than `budget`. Where a run
    /// begins in this frame, `input` records how its input comes in, and the answer will have `began`.
    ///
    /// Where the run ends in this frame, what it began with comes back: then all outputs of the session are there until
    /// the next frame, for a heat map or a mask.
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

    /// The newest answer that has arrived since the last call. Never waits. Nothing of a run that
    /// [`ContinuousRun::restart`] has forgotten arrives.
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

    /// Begins a new run in the next frame, and forgets the one that is under way and all answers to come: the picture
    /// is another one now.
    pub fn restart(&mut self) {
        self.run = Run::new();
        self.current = None;
        self.awaited.clear();
    }

    /// Number of runs whose answers were left out, because as many as there is room for were under way.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}
