//! Runs whose maps are painted into a texture of the device, and not copied to the host.

use super::Network;
use super::executor::Executor;
use super::prepared::Prepared;
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{
    ClassScores, ClassesOutput, MaskOutput, Painting, TextureInput, TextureSource, TextureTarget,
    record,
};
use crate::preprocess::Preprocess;
use crate::session::Session;
use crate::tensor::Tensor;
use crate::timing::Clock;

/// The input of a run of one image.
pub(crate) enum Seen<'a> {
    /// A preprocessed image in host memory.
    Input(Tensor),
    /// A texture, and how the device preprocesses it.
    Texture(&'a TextureSource<'a>, &'a Preprocess),
}

/// What is painted of the scores of a segmentation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Painted {
    /// The probability of the foreground.
    Mask,
    /// The class of the highest score.
    Classes,
}

impl Network {
    /// Paints the class map of `class` over what the variant that was prepared last sees, and returns its answer. The map of
    /// `None` is that of the most probable class.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] on the reference executor; [`ErrorKind::Input`] if there is no such class; as
    /// [`ClassMapOutput::new_async`](crate::frame::ClassMapOutput::new_async) and a run.
    pub(crate) async fn paint_class_map(
        &mut self,
        seen: &Seen<'_>,
        class: Option<usize>,
        target: &TextureTarget<'_>,
    ) -> Result<Tensor> {
        let clock = Clock::start();
        let answer = self.latest()?.paint_class_map(seen, class, target).await?;
        self.running += clock.now();
        Ok(answer)
    }

    /// Paints a segmentation of what the variant that was prepared last sees.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] on the reference executor; as [`MaskOutput::new_async`], [`ClassesOutput::new_async`] and a
    /// run.
    pub(crate) async fn paint_scores(
        &mut self,
        seen: &Seen<'_>,
        painted: Painted,
        target: &TextureTarget<'_>,
    ) -> Result<()> {
        let clock = Clock::start();
        self.latest()?.paint_scores(seen, painted, target).await?;
        self.running += clock.now();
        Ok(())
    }
}

impl Prepared {
    async fn paint_class_map(
        &mut self,
        seen: &Seen<'_>,
        class: Option<usize>,
        target: &TextureTarget<'_>,
    ) -> Result<Tensor> {
        self.check_seen(seen)?;
        let session = session(&mut self.executor)?;
        let scores = match (&mut self.class_scores, &self.maps) {
            (Some(scores), _) => scores,
            (none, Some(maps)) => {
                none.insert(ClassScores::new_async(&(&*session).into(), maps, 0).await?)
            }
            // The prepared variant has them.
            (None, None) => {
                let message = format!("{} has no class activation maps", self.graph.name());
                return Err(Error::new(ErrorKind::Input, message));
            }
        };
        scores.set_class(class)?;
        let painting = Painting::new_async(session, scores.map(), target).await?;
        let input = seen.written(session).await?;
        let answer = session.run_followed_async(
            |encoder| record_input(input.as_ref(), encoder),
            |encoder| {
                let calls = scores.calls().chain([painting.call()]);
                record(encoder, "class map", calls);
            },
        );
        let answer = answer.await?;
        self.check_answer(seen, &answer).await?;
        Ok(answer)
    }

    async fn paint_scores(
        &mut self,
        seen: &Seen<'_>,
        painted: Painted,
        target: &TextureTarget<'_>,
    ) -> Result<()> {
        self.check_seen(seen)?;
        let session = session(&mut self.executor)?;
        match painted {
            Painted::Mask => {
                let mask = MaskOutput::new_async(&*session, target).await?;
                run(session, seen, |encoder| mask.record(encoder)).await
            }
            Painted::Classes => {
                let classes = ClassesOutput::new_async(&*session, target).await?;
                run(session, seen, |encoder| classes.record(encoder)).await
            }
        }
    }

    fn check_seen(&self, seen: &Seen<'_>) -> Result<()> {
        match seen {
            Seen::Input(input) => self.check_inputs(&[(self.input_name(), input.into())]),
            Seen::Texture(..) => Ok(()),
        }
    }

    async fn check_answer(&self, seen: &Seen<'_>, answer: &Tensor) -> Result<()> {
        let what = self.found([answer]);
        match seen {
            Seen::Input(input) => {
                let inputs = [(self.input_name(), input.into())];
                self.check(&inputs, what).await
            }
            Seen::Texture(..) => self.check(&[], what).await,
        }
    }
}

impl Seen<'_> {
    /// Writes the input for the next run, or returns what preprocesses it on the device.
    async fn written(&self, session: &mut Session) -> Result<Option<TextureInput>> {
        match self {
            Seen::Input(input) => session.write_input(input).map(|()| None),
            Seen::Texture(source, preprocess) => {
                let input = TextureInput::new_async(&*session, source, preprocess, 0);
                input.await.map(Some)
            }
        }
    }
}

/// Runs `session` on an image, and then what `record_output` records.
async fn run(
    session: &mut Session,
    seen: &Seen<'_>,
    record_output: impl FnOnce(&mut wgpu::CommandEncoder),
) -> Result<()> {
    let input = seen.written(session).await?;
    let run = session.run_unread_async(
        |encoder| record_input(input.as_ref(), encoder),
        record_output,
    );
    run.await
}

fn record_input(input: Option<&TextureInput>, encoder: &mut wgpu::CommandEncoder) {
    if let Some(input) = input {
        input.record(encoder);
    }
}

fn session(executor: &mut Executor) -> Result<&mut Session> {
    match executor {
        Executor::Gpu(session) => Ok(session),
        Executor::Reference(_) => Err(Error::new(
            ErrorKind::Unsupported,
            "the reference executor paints no textures",
        )),
    }
}
