//! Which class a photo is of: one photo, many, or a stream that never is in memory as a whole.

use std::collections::VecDeque;

use super::Classification;
use crate::error::{Error, ErrorKind, Result};
use crate::network::Network;
use crate::photo::Photo;
use crate::tensor::{Shape, Tensor};
use crate::zoo::Task;

impl Network {
    /// What is on `photo`.
    ///
    /// ```
    /// use menagerie::{Network, Photo};
    ///
    /// # fn main() -> menagerie::Result<()> {
    /// # if cfg!(not(feature = "embedded-weights")) { return Ok(()); }
    /// let mut network = Network::load("mobilenet_v2")?;
    /// let grey = Photo::new(320, 240, vec![128; 3 * 320 * 240])?;
    /// let answer = network.classify(&grey)?;
    /// let best = &answer.top(5)[0];
    /// println!("{} {:.1} %", best.label, 100.0 * best.probability);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::WrongTask`] where the network answers for each pixel; those of [`Network::prepare_async`] and of a
    /// run.
    pub async fn classify_async(&mut self, photo: &Photo) -> Result<Classification> {
        let input = self.classified_input(photo)?;
        let mut answers = self.classify_inputs_async(&input).await?;
        Ok(answers.swap_remove(0))
    }

    /// What is on each of `photos`, in their order; as many go through at once as the network's batch has.
    ///
    /// # Errors
    /// As [`Network::classify_async`].
    pub async fn classify_all_async(&mut self, photos: &[Photo]) -> Result<Vec<Classification>> {
        let mut answers = Vec::with_capacity(photos.len());
        for photos in photos.chunks(self.batch()) {
            let inputs: Result<Vec<Tensor>> = photos
                .iter()
                .map(|photo| self.classified_input(photo))
                .collect();
            answers.extend(self.classify_inputs_async(&batch(inputs?)?).await?);
        }
        Ok(answers)
    }

    /// What is on each image of `inputs`, which is preprocessed already, as [`Network::preprocess`] does it.
    ///
    /// # Errors
    /// As [`Network::classify_async`].
    pub async fn classify_inputs_async(&mut self, inputs: &Tensor) -> Result<Vec<Classification>> {
        self.check_task(Task::Classify)?;
        let answers = self.run_async(inputs).await?;
        let images = (0..answers.batch()).map(|image| answers.image(image));
        Ok(images
            .map(|scores| Classification::new(scores, self.labels()))
            .collect())
    }

    /// What is on each of a stream of images that are preprocessed already, such as [`photo::Stream`] makes of files: as
    /// many go through at once as the network's batch has, and no more of the stream is in memory. What is an error in
    /// `inputs` is one in the same place of the answers. Natively, [`ClassifyStream`] is an iterator.
    ///
    /// [`photo::Stream`]: crate::photo
    pub fn classify_stream<I: IntoIterator<Item = Result<Tensor>>>(
        &mut self,
        inputs: I,
    ) -> ClassifyStream<'_, I::IntoIter> {
        ClassifyStream::new(self, inputs.into_iter())
    }

    /// The input for `photo` of a network that classifies.
    pub(crate) fn classified_input(&self, photo: &Photo) -> Result<Tensor> {
        self.check_task(Task::Classify)?;
        self.input(photo, self.shape_for(photo)?)
    }
}

/// The answers to a stream of inputs, in its order; see [`Network::classify_stream`].
pub struct ClassifyStream<'a, I> {
    network: &'a mut Network,
    inputs: I,
    answers: VecDeque<Result<Classification>>,
    has_failed: bool,
}

/// Inputs that go through the network at once, and what lies between them in the stream.
struct Taken {
    /// None where the stream has no more.
    inputs: Option<Result<Tensor>>,
    /// Of each item, why it is no input, if it is none.
    places: Vec<Option<Error>>,
}

impl<'a, I: Iterator<Item = Result<Tensor>>> ClassifyStream<'a, I> {
    pub(crate) fn new(network: &'a mut Network, inputs: I) -> Self {
        Self {
            network,
            inputs,
            answers: VecDeque::new(),
            has_failed: false,
        }
    }

    /// The next answer, or why there is none for an input; none at the end of the stream.
    pub async fn next_async(&mut self) -> Option<Result<Classification>> {
        if self.answers.is_empty() {
            let taken = self.take();
            let answers = match taken.inputs {
                Some(Ok(inputs)) => self.network.classify_inputs_async(&inputs).await,
                Some(Err(error)) => Err(error),
                None => Ok(Vec::new()),
            };
            self.put(taken.places, answers);
        }
        self.answers.pop_front()
    }

    /// The network, between two answers.
    pub fn network(&self) -> &Network {
        self.network
    }

    /// Whether the network itself failed: then its error was the last item. An input that is an error is one in its
    /// place, and the stream goes on.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Takes as many inputs as go through at once.
    fn take(&mut self) -> Taken {
        let (mut images, mut places) = (Vec::new(), Vec::new());
        while images.len() < self.network.batch() && !self.has_failed {
            match self.inputs.next() {
                None => break,
                Some(Ok(image)) => {
                    images.push(image);
                    places.push(None);
                }
                Some(Err(error)) => places.push(Some(error)),
            }
        }
        Taken {
            inputs: (!images.is_empty()).then(|| batch(images)),
            places,
        }
    }

    /// Puts the `answers` to the inputs of a batch where these were in the stream.
    fn put(&mut self, places: Vec<Option<Error>>, answers: Result<Vec<Classification>>) {
        let (answers, failure) = match answers {
            Ok(answers) => (answers, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let mut answers = answers.into_iter();
        self.answers
            .extend(places.into_iter().filter_map(|place| match place {
                Some(error) => Some(Err(error)),
                None => answers.next().map(Ok),
            }));
        self.has_failed |= failure.is_some();
        self.answers.extend(failure.map(Err));
    }
}

/// Waits for each answer.
#[cfg(not(target_arch = "wasm32"))]
impl<I: Iterator<Item = Result<Tensor>>> Iterator for ClassifyStream<'_, I> {
    type Item = Result<Classification>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.answers.is_empty() {
            let taken = self.take();
            let answers = match taken.inputs {
                Some(Ok(inputs)) => self.network.classify_inputs(&inputs),
                Some(Err(error)) => Err(error),
                None => Ok(Vec::new()),
            };
            self.put(taken.places, answers);
        }
        self.answers.pop_front()
    }
}

/// Images of one shape as a batch.
fn batch(mut images: Vec<Tensor>) -> Result<Tensor> {
    if images.len() == 1 {
        return Ok(images.swap_remove(0));
    }
    let shape = images.first().map_or(Shape::vector(1), Tensor::shape);
    if let Some(other) = images.iter().find(|image| image.shape() != shape) {
        return Err(Error::new(
            ErrorKind::Input,
            format!(
                "images of one batch are of one shape, found {shape} and {}",
                other.shape()
            ),
        ));
    }
    let count = images.iter().map(Tensor::batch).sum();
    let values = images.iter().flat_map(Tensor::data).copied();
    Tensor::new(count, shape, values.collect())
}
