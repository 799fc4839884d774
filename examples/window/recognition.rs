//! The network: what it is to look at, its part of each frame, and what it has said last.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use menagerie::frame::{ContinuousRun, Region, TextureInput, TextureSource};
use menagerie::gpu::Gpu;
use menagerie::maps::{self, ClassMaps};
use menagerie::passes::{PassSet, optimize};
use menagerie::preprocess::Preprocess;
use menagerie::profile::Roofline;
use menagerie::session::{Budget, DispatchTimes, Session, SessionOptions};
use menagerie::top_k::Ranked;
use menagerie::{Labels, Result, Tensor, wgpu};

use crate::choice::{Choice, Share};
use crate::heat_maps::HeatMaps;
use crate::present::HeatMap;

/// How many of the most probable classes are kept.
pub const GUESSES: usize = 3;

/// A network at work.
pub struct Recognition {
    session: Session,
    preprocess: Preprocess,
    labels: Labels,
    times: DispatchTimes,
    share: Share,
    budget: Duration,
    input: Option<Input>,
    runs: ContinuousRun<Beginning>,
    latest: Option<Opinion>,
    /// None where the network does not end in a way that has them.
    heat_maps: Option<HeatMaps>,
}

/// What the network reads.
struct Input {
    texture: wgpu::Texture,
    region: Option<Region>,
    /// What the preprocessing leaves of it: left, top, width, height in pixels of the texture.
    seen: [f32; 4],
    way: TextureInput,
}

/// What a run began with.
#[derive(Clone, Copy)]
struct Beginning {
    time: Instant,
    /// Where its input was taken from, in fractions of the texture: that may have another size when the run ends.
    place: [f32; 4],
}

/// An answer of the network.
pub struct Opinion {
    /// The most probable classes, in descending order.
    pub guesses: Vec<Ranked>,
    /// How many frames its run was spread over.
    pub frames: u32,
    /// From the picture that it is about to its arrival.
    pub delay: Duration,
}

/// What `preprocess` leaves of a part of a texture: left, top, width, height in its pixels.
fn visible(preprocess: &Preprocess, part: Region) -> Result<[f32; 4]> {
    let crop = preprocess.crop_rect(part.height as usize, part.width as usize)?;
    let across = |fraction: f64| (fraction * f64::from(part.width)) as f32;
    let down = |fraction: f64| (fraction * f64::from(part.height)) as f32;
    Ok([
        part.x as f32 + across(crop.left),
        part.y as f32 + down(crop.top),
        across(crop.right - crop.left),
        down(crop.bottom - crop.top),
    ])
}

impl Recognition {
    /// # Errors
    /// Where the weights are not the network's, or the device fails.
    pub fn new(gpu: &Gpu, choice: &Choice) -> Result<Self> {
        let checkpoint = choice.weights.open(choice.model)?;
        let weights = checkpoint.weights();
        let graph = checkpoint.graph(choice.model.input)?;
        let features = maps::with_features(&graph);
        let graph = optimize(features.as_ref().unwrap_or(&graph), &PassSet::all())?;
        let maps = match features {
            Ok(_) => Some(ClassMaps::new(&graph, weights)?),
            Err(_) => None,
        };
        let mut session = Session::new(gpu, &graph, weights, &SessionOptions::default())?;
        let input = Tensor::zeros(1, session.input_shape());
        let times = match DispatchTimes::measured(&session.profile(&input, 5)?) {
            Some(times) => times,
            None => DispatchTimes::estimated(session.program(), &Roofline::measure(gpu)?),
        };
        Ok(Self {
            preprocess: checkpoint.preprocess(),
            labels: checkpoint.labels(),
            times,
            share: choice.share,
            budget: Duration::ZERO,
            input: None,
            runs: ContinuousRun::new(&session, 3)?,
            heat_maps: maps
                .map(|maps| HeatMaps::new(&session, &maps))
                .transpose()?,
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
        let whole = Region {
            x: 0,
            y: 0,
            width: texture.width(),
            height: texture.height(),
        };
        let looked_at = region.unwrap_or(whole);
        self.input = Some(Input {
            texture: texture.clone(),
            region,
            seen: visible(&self.preprocess, looked_at)?,
            way: TextureInput::new(&self.session, &source, &self.preprocess, 0)?,
        });
        Ok(())
    }

    /// Begins anew with what is there to look at now, and forgets what it has said.
    pub fn forget(&mut self) {
        self.runs.restart();
        self.latest = None;
        if let Some(heat_maps) = &mut self.heat_maps {
            heat_maps.clear();
        }
    }

    /// Records what the network does in a frame that is to take `frame`, behind the passes that draw what it
    /// looks at; with a heat map, if that is wanted.
    pub fn record(&mut self, frame: Duration, heat: bool, encoder: &mut wgpu::CommandEncoder) {
        if let Some(heat_maps) = &mut self.heat_maps
            && !heat
        {
            heat_maps.clear();
        }
        let Some(input) = &self.input else {
            return;
        };
        self.budget = self.share.of(frame);
        let beginning = Beginning {
            time: Instant::now(),
            place: input.fractions(),
        };
        let ended = self.runs.record(
            &self.session,
            beginning,
            |encoder| input.way.record(encoder),
            Budget::Time(self.budget, &self.times),
            encoder,
        );
        if let (Some(ended), Some(heat_maps)) = (ended, &mut self.heat_maps)
            && heat
        {
            heat_maps.record(ended.place, encoder);
        }
    }

    /// Takes the newest answer that has arrived, if any has, and says so.
    ///
    /// # Errors
    /// Where the device fails.
    pub fn listen(&mut self) -> Result<bool> {
        let Some(found) = self.runs.latest()? else {
            return Ok(false);
        };
        self.latest = Some(Opinion {
            guesses: found.answer.top_k(0, GUESSES),
            frames: found.frames,
            delay: found.began.time.elapsed(),
        });
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
    pub fn label(&self, guess: &Ranked) -> Cow<'_, str> {
        self.labels.label(guess.index)
    }

    /// What the network sees of what it is to look at: left, top, width, height in pixels.
    pub fn seen(&self) -> Option<[f32; 4]> {
        self.input.as_ref().map(|input| input.seen)
    }

    /// Whether the network has heat maps.
    pub fn has_heat_maps(&self) -> bool {
        self.heat_maps.is_some()
    }

    /// What spoke for the most probable class in the last run that painted a heat map.
    pub fn heat_map(&self) -> Option<HeatMap<'_>> {
        self.heat_maps.as_ref()?.latest()
    }
}

impl Input {
    /// What is seen, in fractions of the texture.
    fn fractions(&self) -> [f32; 4] {
        let [left, top, width, height] = self.seen;
        let (across, down) = (self.texture.width() as f32, self.texture.height() as f32);
        [left / across, top / down, width / across, height / down]
    }
}
