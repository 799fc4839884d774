//! The application without its window: one frame after the other, on whatever there is to draw on.

use std::time::{Duration, Instant};

use menagerie::gpu::Gpu;
use menagerie::{Result, wgpu};

use crate::arguments::Arguments;
use crate::choice::{Choice, Preparing};
use crate::graphics::{Graphics, begin_pass};
use crate::history::{Frame, History};
use crate::ink::Ink;
use crate::lake::Lake;
use crate::overlay::{self, Notes};
use crate::present::Presenter;
use crate::recognition::Recognition;
use crate::show::Show;
use crate::slides::Slides;

/// Everything between the arguments and the screen.
pub struct Application {
    pub graphics: Graphics,
    show: Box<dyn Show>,
    /// Which of its parts was shown last.
    shown: usize,
    /// What the show is drawn into, and the network reads.
    picture: wgpu::Texture,
    network: Network,
    model: &'static str,
    adapter: String,
    presenter: Presenter,
    ink: Ink,
    history: History,
    last_frame: Option<Instant>,
    paused: bool,
    heat: bool,
}

enum Network {
    Preparing(Preparing),
    Ready(Box<Recognition>),
}

impl Application {
    /// For drawing on what has this format.
    ///
    /// # Errors
    /// Where the folder has no images.
    pub fn new(
        graphics: Graphics,
        format: wgpu::TextureFormat,
        choice: Choice,
        arguments: &Arguments,
    ) -> Result<Self> {
        let info = graphics.adapter.get_info();
        let gpu = Gpu::from_device(&info, graphics.device.clone(), graphics.queue.clone());
        let show: Box<dyn Show> = match &arguments.folder {
            Some(folder) => Box::new(Slides::open(&graphics, folder)?),
            None => Box::new(Lake::new(&graphics)),
        };
        Ok(Self {
            shown: show.number(),
            show,
            picture: graphics.canvas("picture", arguments.size.0),
            model: choice.model.name,
            adapter: info.name,
            network: Network::Preparing(choice.prepare(gpu)),
            presenter: Presenter::new(&graphics, format),
            ink: Ink::new(&graphics, format),
            history: History::default(),
            last_frame: None,
            paused: false,
            heat: arguments.heat,
            graphics,
        })
    }

    pub fn pause(&mut self) {
        self.paused = !self.paused;
    }

    pub fn turn(&mut self, by: isize) {
        self.show.turn(by);
    }

    /// Nothing is drawn for a while, and that is not the time of a frame.
    pub fn rest(&mut self) {
        self.last_frame = None;
    }

    pub fn toggle_heat(&mut self) {
        self.heat = !self.heat;
    }

    /// Waits until the network is ready.
    ///
    /// # Errors
    /// Where it cannot be made ready.
    pub fn wait_for_network(&mut self) -> Result<()> {
        if let Network::Preparing(preparing) = &mut self.network {
            self.network = Network::Ready(preparing.wait()?);
        }
        Ok(())
    }

    /// What the network has said last.
    #[cfg(test)]
    pub fn top_label(&self) -> Option<String> {
        let Network::Ready(recognition) = &self.network else {
            return None;
        };
        let guess = recognition.latest()?.guesses.first()?;
        Some(recognition.label(guess).into_owned())
    }

    /// Draws the next frame on `target` and submits it: the show is `step` further on than in the last one, by
    /// default the time since then. A length on the screen is `scale` pixels.
    ///
    /// # Errors
    /// Where the device fails, or there is nothing left to show.
    pub fn frame(
        &mut self,
        target: &wgpu::Texture,
        scale: f32,
        step: Option<Duration>,
    ) -> Result<()> {
        let elapsed = self
            .last_frame
            .replace(Instant::now())
            .map(|last| last.elapsed());
        let step = step.or(elapsed).filter(|_| !self.paused);
        let size = [target.width(), target.height()];
        if size != [self.picture.width(), self.picture.height()] {
            self.picture = self.graphics.canvas("picture", size);
        }
        let seconds = step.unwrap_or_default().as_secs_f32();
        self.show.advance(&self.graphics, seconds)?;
        if let Network::Preparing(preparing) = &mut self.network
            && let Some(recognition) = preparing.ready()?
        {
            self.network = Network::Ready(recognition);
        }

        let descriptor = wgpu::CommandEncoderDescriptor::default();
        let mut encoder = self.graphics.device.create_command_encoder(&descriptor);
        let view = self.picture.create_view(&Default::default());
        let mut pass = begin_pass(&mut encoder, "show", &view);
        self.show.draw(&self.graphics, &mut pass, size);
        drop(pass);
        let mut answered = false;
        if let Network::Ready(recognition) = &mut self.network {
            let number = self.show.number();
            if std::mem::replace(&mut self.shown, number) != number {
                recognition.forget();
            }
            recognition.look_at(&self.picture, self.show.looked_at(size))?;
            let frame = self.history.average().unwrap_or_default();
            recognition.record(frame, self.heat, &mut encoder);
            answered = recognition.listen()?;
        }
        if let Some(time) = elapsed {
            self.history.push(Frame { time, answered });
        }

        self.annotate(size, scale);
        self.ink.upload(&self.graphics, size);
        let view = target.create_view(&Default::default());
        let mut pass = begin_pass(&mut encoder, "window", &view);
        let heat = match &self.network {
            Network::Preparing(_) => None,
            Network::Ready(recognition) => recognition.heat_map(),
        };
        self.presenter
            .draw(&self.graphics, &mut pass, &self.picture, heat);
        self.ink.draw(&mut pass);
        drop(pass);
        self.graphics.queue.submit([encoder.finish()]);
        self.graphics.check()
    }

    fn annotate(&mut self, size: [u32; 2], scale: f32) {
        let notes = Notes {
            title: &self.show.title(),
            model: self.model,
            adapter: &self.adapter,
            recognition: match &self.network {
                Network::Preparing(_) => None,
                Network::Ready(recognition) => Some(recognition),
            },
            history: &self.history,
            paused: self.paused,
            heat: self.heat,
        };
        overlay::write(&mut self.ink, size, scale, &notes);
    }
}
