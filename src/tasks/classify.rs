//! Which class a photo is of.

use super::{AnswerStream, Classification};
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
    /// `inputs` is one in the same place of the answers. Natively, [`AnswerStream`] is an iterator.
    ///
    /// [`photo::Stream`]: crate::photo
    pub fn classify_stream<I: IntoIterator<Item = Result<Tensor>>>(
        &mut self,
        inputs: I,
    ) -> AnswerStream<'_, I::IntoIter, Classification> {
        AnswerStream::new(self, inputs.into_iter())
    }

    /// The input for `photo` of a network that classifies.
    pub(crate) fn classified_input(&self, photo: &Photo) -> Result<Tensor> {
        self.check_task(Task::Classify)?;
        self.input(photo, self.shape_for(photo)?)
    }
}

/// Images of one shape as a batch.
pub(super) fn batch(mut images: Vec<Tensor>) -> Result<Tensor> {
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
