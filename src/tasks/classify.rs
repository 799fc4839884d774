//! Classification of photos.

use super::{AnswerStream, Classification, Picture};
use crate::error::{Error, ErrorKind, Result};
use crate::network::Network;
use crate::photo::Photo;
use crate::tensor::{Shape, Tensor};
use crate::zoo::Task;

impl Network {
    /// Classifies `picture`: a [`Photo`], or a texture on the network's device.
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
    /// [`ErrorKind::WrongTask`] if the network segments; those of [`Network::prepare_async`] and of a
    /// run.
    pub async fn classify_async<'p>(
        &mut self,
        picture: impl Into<Picture<'p>>,
    ) -> Result<Classification> {
        let picture = picture.into();
        let shape = self.classified_shape(&picture)?;
        self.prepare_wanted_async(shape.into()).await?;
        let (mut outputs, _) = self.outputs_of(&picture, shape).await?;
        Ok(self.classified(outputs.swap_remove(0)).swap_remove(0))
    }

    /// Classifies each of `photos`, in their order and in batches of the network.
    ///
    /// # Errors
    /// The same as [`Network::classify_async`].
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

    /// Classifies each image of `inputs`, which must be preprocessed as by [`Network::preprocess`].
    ///
    /// # Errors
    /// The same as [`Network::classify_async`].
    pub async fn classify_inputs_async(&mut self, inputs: &Tensor) -> Result<Vec<Classification>> {
        self.check_task(Task::Classify)?;
        let answers = self.run_async(inputs).await?;
        Ok(self.classified(answers))
    }

    /// The classification of each image of `answers`.
    fn classified(&self, mut answers: Tensor) -> Vec<Classification> {
        if self.ends_in_softmax() {
            // The logarithms of probabilities are scores that give the same probabilities.
            let least = f32::MIN_POSITIVE;
            let scores = answers.data_mut().iter_mut();
            scores.for_each(|score| *score = score.max(least).ln());
        }
        let images = (0..answers.batch()).map(|image| answers.image(image));
        images
            .map(|scores| Classification::new(scores, self.labels()))
            .collect()
    }

    /// Classifies a stream of preprocessed images, such as [`photo::Stream`] makes from files. The network runs in
    /// batches, and only one batch is in memory. An error in `inputs` is an error at the same position of the answers.
    /// Natively, [`AnswerStream`] is an iterator.
    ///
    /// [`photo::Stream`]: crate::photo
    pub fn classify_stream<I: IntoIterator<Item = Result<Tensor>>>(
        &mut self,
        inputs: I,
    ) -> AnswerStream<'_, I::IntoIter, Classification> {
        AnswerStream::new(self, inputs.into_iter())
    }

    /// The shape of the input for the classification of `picture`.
    pub(crate) fn classified_shape(&self, picture: &Picture<'_>) -> Result<Shape> {
        self.check_task(Task::Classify)?;
        self.shape_for(picture.size()?)
    }

    fn classified_input(&self, photo: &Photo) -> Result<Tensor> {
        self.input(photo, self.classified_shape(&photo.into())?)
    }
}

/// Combines images of one shape to a batch.
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
    let values: Vec<&[f32]> = images.iter().map(Tensor::data).collect();
    Tensor::new(count, shape, values.concat())
}
