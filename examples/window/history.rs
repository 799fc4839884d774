//! How long the last frames took.

use std::collections::VecDeque;
use std::time::Duration;

/// Frames that are remembered.
pub const LENGTH: usize = 90;
/// Frames that the average is about.
const RECENT: usize = 30;

/// The last frames.
#[derive(Default)]
pub struct History(VecDeque<Frame>);

/// A frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// From the frame before to this one.
    pub time: Duration,
    /// Whether an answer of the network arrived in it.
    pub answered: bool,
}

impl History {
    pub fn push(&mut self, frame: Frame) {
        self.0.truncate(LENGTH - 1);
        self.0.push_front(frame);
    }

    /// The frames, the latest first.
    pub fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.0.iter()
    }

    /// The average time of the latest frames; none before the first one.
    pub fn average(&self) -> Option<Duration> {
        let recent = self.0.iter().take(RECENT);
        let sum: Duration = recent.map(|frame| frame.time).sum();
        sum.checked_div(self.0.len().min(RECENT) as u32)
    }

    pub fn longest(&self) -> Duration {
        let times = self.0.iter().map(|frame| frame.time);
        times.max().unwrap_or_default()
    }
}
