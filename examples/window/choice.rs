//! Which network, and how it gets ready while the window is open already.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use menagerie::gpu::Gpu;
use menagerie::zoo::{Model, Task, WeightsSource};
use menagerie::{Error, ErrorKind, Result};

use crate::recognition::Recognition;

/// What to recognise with.
pub struct Choice {
    pub model: &'static Model,
    pub weights: WeightsSource,
    pub share: Share,
}

/// How much of the GPU's time the network may take of each frame.
#[derive(Clone, Copy, Debug)]
pub enum Share {
    /// An eighth of what the last frames took.
    Eighth,
    Time(Duration),
}

impl Share {
    /// It, where a frame takes `frame`.
    pub fn of(self, frame: Duration) -> Duration {
        match self {
            Share::Eighth => frame / 8,
            Share::Time(time) => time,
        }
    }
}

impl Choice {
    /// # Errors
    /// Where there is no such network, it does not classify, or its weights are missing.
    pub fn new(model: &str, weights: Option<WeightsSource>, share: Share) -> Result<Self> {
        let model = menagerie::zoo::find(model)?;
        if model.task != Task::Classify {
            let message = format!(
                "{} finds pixels: expected a network that classifies",
                model.name
            );
            return Err(Error::new(ErrorKind::UnknownModel, message));
        }
        let weights = match weights {
            Some(weights) => weights,
            None => WeightsSource::default_for(model)?,
        };
        Ok(Self {
            model,
            weights,
            share,
        })
    }

    /// Prepares it on a thread of its own, since that takes longer than a frame.
    pub fn prepare(self, gpu: Gpu) -> Preparing {
        Preparing(Some(thread::spawn(move || {
            Recognition::new(&gpu, &self).map(Box::new)
        })))
    }
}

/// A network that is not ready yet; nothing once it has been taken.
pub struct Preparing(Option<JoinHandle<Result<Box<Recognition>>>>);

impl Preparing {
    /// The network, once it is ready.
    ///
    /// # Errors
    /// As [`Recognition::new`].
    pub fn ready(&mut self) -> Result<Option<Box<Recognition>>> {
        if self.0.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return Ok(None);
        }
        self.wait().map(Some)
    }

    /// The network; waits for it.
    ///
    /// # Errors
    /// As [`Recognition::new`].
    pub fn wait(&mut self) -> Result<Box<Recognition>> {
        let thread = self.0.take().ok_or_else(unprepared)?;
        thread.join().unwrap_or_else(|_| Err(unprepared()))
    }
}

/// A program must not end while a thread uses the driver: drivers free what it uses.
impl Drop for Preparing {
    fn drop(&mut self) {
        let _ = self.wait();
    }
}

fn unprepared() -> Error {
    Error::new(ErrorKind::Device, "preparing the network failed")
}
