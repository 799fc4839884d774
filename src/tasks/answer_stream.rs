//! The answers to a stream of photos that is never completely in memory.

use std::collections::VecDeque;

use super::Classification;
use super::classify::batch;
use crate::error::{Error, ErrorKind, Result};
use crate::network::Network;
use crate::tensor::Tensor;

/// The answers to a stream of inputs, in its order: classifications from [`Network::classify_stream`], or tensors of
/// one image from [`Network::features_stream`].
pub struct AnswerStream<'a, I, T> {
    network: &'a mut Network,
    inputs: I,
    /// The next batch. It is kept until it is answered, so that a dropped future loses nothing.
    taken: Option<Taken>,
    answers: VecDeque<Result<T>>,
    has_failed: bool,
}

/// A batch of inputs, and the errors between them in the stream.
struct Taken {
    inputs: Tensor,
    /// For each item, the error if it is not an input.
    places: Vec<Option<Error>>,
}

impl<'a, I: Iterator<Item = Result<Tensor>>, T> AnswerStream<'a, I, T> {
    pub(super) fn new(network: &'a mut Network, inputs: I) -> Self {
        Self {
            network,
            inputs,
            taken: None,
            answers: VecDeque::new(),
            has_failed: false,
        }
    }

    /// The network, for use between two answers.
    pub fn network(&self) -> &Network {
        self.network
    }

    /// Whether the network failed. Then its error was the last item. An input that is an error does not end the stream:
    /// the answer at its position is that error.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// The next answer that is already computed.
    pub(crate) fn pop(&mut self) -> Option<Result<T>> {
        self.answers.pop_front()
    }

    /// If no computed answer is left, the inputs of the next batch. Their answers are passed to [`AnswerStream::put`].
    pub(crate) fn unanswered(&mut self) -> Option<(&mut Network, &Tensor)> {
        if !self.answers.is_empty() {
            return None;
        }
        if self.taken.is_none() {
            let (images, places) = self.take();
            match images.is_empty() {
                true => self.arrange(places, Ok(Vec::new())),
                false => match batch(images) {
                    Ok(inputs) => self.taken = Some(Taken { inputs, places }),
                    Err(error) => self.arrange(places, Err(error)),
                },
            }
        }
        let inputs = self.taken.as_ref().map(|taken| &taken.inputs)?;
        Some((self.network, inputs))
    }

    /// Takes the `answers` to the current batch. If the device has not enough memory for it, the batch stays the
    /// current one, and the network divides it.
    pub(crate) fn put(&mut self, answers: Result<Vec<T>>) {
        if let Err(error) = &answers
            && self.network.use_smaller_batch(error)
        {
            return;
        }
        if let Some(taken) = self.taken.take() {
            self.arrange(taken.places, answers);
        }
    }

    /// Reads the next batch of inputs from the stream, and the errors between them.
    fn take(&mut self) -> (Vec<Tensor>, Vec<Option<Error>>) {
        let (mut images, mut places) = (Vec::new(), Vec::new());
        while images.len() < self.network.batch() && !self.has_failed {
            match self.inputs.next().map(|input| input.and_then(one_image)) {
                None => break,
                Some(Ok(image)) => {
                    images.push(image);
                    places.push(None);
                }
                Some(Err(error)) => places.push(Some(error)),
            }
        }
        (images, places)
    }

    /// Puts the `answers` of a batch at the positions of their inputs in the stream.
    fn arrange(&mut self, places: Vec<Option<Error>>, answers: Result<Vec<T>>) {
        let (answers, failure) = match answers {
            Ok(answers) => (answers, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let mut answers = answers.into_iter();
        let arranged = places.into_iter().filter_map(|place| match place {
            Some(error) => Some(Err(error)),
            None => answers.next().map(Ok),
        });
        self.answers.extend(arranged);
        self.has_failed |= failure.is_some();
        self.answers.extend(failure.map(Err));
    }
}

impl<I: Iterator<Item = Result<Tensor>>> AnswerStream<'_, I, Classification> {
    /// The next answer, or the error of an input. `None` at the end of the stream.
    pub async fn next_async(&mut self) -> Option<Result<Classification>> {
        while let Some((network, inputs)) = self.unanswered() {
            let answers = network.classify_inputs_async(inputs).await;
            self.put(answers);
        }
        self.pop()
    }
}

impl<I: Iterator<Item = Result<Tensor>>> AnswerStream<'_, I, Tensor> {
    /// The next answer, or the error of an input. `None` at the end of the stream.
    pub async fn next_async(&mut self) -> Option<Result<Tensor>> {
        while let Some((network, inputs)) = self.unanswered() {
            let features = network.features_inputs_async(inputs).await;
            self.put(features.and_then(each_image));
        }
        self.pop()
    }
}

/// Splits `batch` into tensors of one image.
pub(crate) fn each_image(batch: Tensor) -> Result<Vec<Tensor>> {
    let images = (0..batch.batch()).map(|image| batch.image(image).to_vec());
    images
        .map(|image| Tensor::new(1, batch.shape(), image))
        .collect()
}

fn one_image(input: Tensor) -> Result<Tensor> {
    match input.batch() {
        1 => Ok(input),
        found => Err(Error::new(
            ErrorKind::Input,
            format!("expected one image at a time, found a batch of {found}"),
        )),
    }
}
