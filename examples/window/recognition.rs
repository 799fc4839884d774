//! The network: what it is to look at, its part of each frame, and what it has said last.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use menagerie::frame::{Answers, Region, TextureInput, TextureSource};
use menagerie::gpu::Gpu;
use menagerie::likeliest::Guess;
use menagerie::passes::{PassSet, optimize};
use menagerie::preprocess::{Framing, Preprocess};
use menagerie::profile::Ceilings;
use menagerie::session::{Budget, DispatchTimes, Run, Session, SessionOptions};
use menagerie::weights::WeightsSource;
use menagerie::zoo::{Labels, Model};
use menagerie::{Error, ErrorKind, Result, Tensor, wgpu};

/// How many of the likeliest classes are kept.
pub const GUESSES: usize = 3;

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
    fn of(self, frame: Duration) -> Duration {
        match self {
            Share::Eighth => frame / 8,
            Share::Time(time) => time,
        }
    }
}

/// A network at work.
pub struct Recognition {
    session: Session,
    preprocess: Preprocess,
    labels: Vec<&'static str>,
    times: DispatchTimes,
    share: Share,
    budget: Duration,
    input: Option<Input>,
    run: Run,
    /// Frames that the run has had a part in so far, and when it began.
    parts: u32,
    begun: Instant,
    answers: Answers,
    /// The runs whose answers are under way.
    awaited: VecDeque<Awaited>,
    latest: Option<Opinion>,
}

/// What the network reads.
struct Input {
    texture: wgpu::Texture,
    region: Option<Region>,
    way: TextureInput,
}

struct Awaited {
    number: u64,
    frames: u32,
    begun: Instant,
}

/// An answer of the network.
pub struct Opinion {
    /// The likeliest classes, the likeliest first.
    pub guesses: Vec<Guess>,
    /// How many frames its run was spread over.
    pub frames: u32,
    /// From the picture that it is about to its arrival.
    pub delay: Duration,
}

impl Choice {
    /// # Errors
    /// Where there is no such network, it does not classify, or its weights are missing.
    pub fn new(model: &str, weights: Option<WeightsSource>, share: Share) -> Result<Self> {
        let model = menagerie::zoo::find(model)?;
        if model.labels == Labels::Mask {
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
        let (sender, receiver) = channel();
        thread::spawn(move || sender.send(Recognition::new(&gpu, &self)));
        Preparing(receiver)
    }
}

/// A network that is not ready yet.
pub struct Preparing(Receiver<Result<Recognition>>);

impl Preparing {
    /// The network, once it is ready.
    ///
    /// # Errors
    /// As [`Recognition::new`].
    pub fn ready(&self) -> Result<Option<Recognition>> {
        match self.0.try_recv() {
            Ok(prepared) => prepared.map(Some),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(unprepared()),
        }
    }

    /// The network; waits for it.
    ///
    /// # Errors
    /// As [`Recognition::new`].
    pub fn wait(&self) -> Result<Recognition> {
        self.0.recv().unwrap_or_else(|_| Err(unprepared()))
    }
}

fn unprepared() -> Error {
    Error::new(ErrorKind::Device, "preparing the network failed")
}

impl Recognition {
    /// # Errors
    /// Where the weights are not the network's, or the device fails.
    fn new(gpu: &Gpu, choice: &Choice) -> Result<Self> {
        let model = choice.model;
        let weights = choice.weights.open(model)?;
        let graph = optimize(&model.graph()?, &PassSet::all())?;
        let mut session = Session::new(gpu, &graph, &weights, &SessionOptions::default())?;
        let input = Tensor::zeros(1, session.input_shape());
        let times = match DispatchTimes::measured(&session.profile(&input, 5)?) {
            Some(times) => times,
            None => DispatchTimes::estimated(session.plan(), &Ceilings::measure(gpu)?),
        };
        Ok(Self {
            preprocess: choice.weights.preprocess(model),
            labels: model.labels.names(),
            times,
            share: choice.share,
            budget: Duration::ZERO,
            input: None,
            run: Run::new(),
            parts: 0,
            begun: Instant::now(),
            answers: Answers::new(&session, 3)?,
            awaited: VecDeque::new(),
            latest: None,
            session,
        })
    }

    /// From the next run on, looks at this part of `texture`.
    ///
    /// # Errors
    /// Where the device fails.
    pub fn look_at(&mut self, texture: &wgpu::Texture, region: Option<Region>) -> Result<()> {
        let seen = self.input.as_ref();
        if seen.is_some_and(|seen| seen.texture == *texture && seen.region == region) {
            return Ok(());
        }
        let source = TextureSource {
            region,
            ..TextureSource::new(texture)
        };
        self.input = Some(Input {
            texture: texture.clone(),
            region,
            way: TextureInput::new(&self.session, &source, &self.preprocess, 0)?,
        });
        Ok(())
    }

    /// Records what the network does in a frame that is to take `frame`, behind the passes that draw what it
    /// looks at.
    pub fn record(&mut self, frame: Duration, encoder: &mut wgpu::CommandEncoder) {
        let Some(input) = &self.input else {
            return;
        };
        if self.run.recorded() == 0 {
            input.way.record(encoder);
            self.begun = Instant::now();
        }
        self.parts += 1;
        self.budget = self.share.of(frame);
        let budget = Budget::Time(self.budget, &self.times);
        if !self.session.record_part(&mut self.run, budget, encoder) {
            return;
        }
        if let Some(number) = self.answers.record(encoder) {
            self.awaited.push_back(Awaited {
                number,
                frames: self.parts,
                begun: self.begun,
            });
        }
        self.run = Run::new();
        self.parts = 0;
    }

    /// Takes the newest answer that has arrived, if any has, and says so.
    ///
    /// # Errors
    /// Where the device fails.
    pub fn listen(&mut self) -> Result<bool> {
        let Some(answer) = self.answers.latest()? else {
            return Ok(false);
        };
        let guesses = answer.likeliest(0, GUESSES);
        let number = answer.number;
        self.awaited.retain(|awaited| awaited.number >= number);
        if let Some(run) = self.awaited.pop_front() {
            self.latest = Some(Opinion {
                guesses,
                frames: run.frames,
                delay: run.begun.elapsed(),
            });
        }
        Ok(true)
    }

    /// What the network may take of the last frame.
    pub fn budget(&self) -> Duration {
        self.budget
    }

    /// What the network has said last.
    pub fn latest(&self) -> Option<&Opinion> {
        self.latest.as_ref()
    }

    /// The name of a class.
    pub fn label(&self, guess: &Guess) -> &'static str {
        self.labels.get(guess.index).copied().unwrap_or("?")
    }

    /// What of a picture of `size` pixels gets through the preprocessing: left, top, width, height in
    /// pixels.
    pub fn seen(&self, size: [u32; 2]) -> [f32; 4] {
        let whole = match self.input.as_ref().and_then(|input| input.region) {
            Some(region) => [region.x, region.y, region.width, region.height],
            None => [0, 0, size[0], size[1]],
        };
        let [left, top, width, height] = whole.map(|length| length as f32);
        let [crop_height, crop_width] = self.preprocess.crop.map(|side| side as f32);
        let [seen_width, seen_height] = match self.preprocess.framing {
            Framing::ShorterSide(side) => {
                let scale = width.min(height) / side as f32;
                [
                    (crop_width * scale).min(width),
                    (crop_height * scale).min(height),
                ]
            }
            Framing::Squash(fraction) => [width, height].map(|side| side * fraction as f32),
        };
        let [x, y] = [
            left + (width - seen_width) / 2.0,
            top + (height - seen_height) / 2.0,
        ];
        [x, y, seen_width, seen_height]
    }
}
