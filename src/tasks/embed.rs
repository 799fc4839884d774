//! Feature vectors of photos. Similar photos have similar vectors.

use super::classify::batch;
use super::{AnswerStream, Picture, each_image};
use crate::error::Result;
use crate::network::{Network, Wanted};
use crate::photo::Photo;
use crate::tensor::Tensor;

impl Network {
    /// Computes the [features](crate::features) of `picture` as a tensor of one image: the vector before the classifier,
    /// or the result of [`NetworkBuilder::layer`]. Later layers do not run, and their weights are not loaded. Every
    /// photo is resized to the network's default size, so all features have one shape.
    ///
    /// ```
    /// use menagerie::features::cosine;
    /// use menagerie::{Network, Photo};
    ///
    /// # fn main() -> menagerie::Result<()> {
    /// # if cfg!(not(feature = "embedded-weights")) { return Ok(()); }
    /// let mut network = Network::load("mobilenet_v2")?;
    /// let dark = network.features(&Photo::new(320, 240, vec![60; 3 * 320 * 240])?)?;
    /// let light = network.features(&Photo::new(320, 240, vec![90; 3 * 320 * 240])?)?;
    /// assert_eq!(dark.data().len(), 1280);
    /// println!("similarity {:.3}", cosine(dark.data(), light.data())?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`NetworkBuilder::layer`]: crate::NetworkBuilder::layer
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if the network does not end in a classifier and no layer
    /// was chosen; those of [`Network::prepare_async`] and of a run.
    pub async fn features_async<'p>(&mut self, picture: impl Into<Picture<'p>>) -> Result<Tensor> {
        let shape = self.input_shape()?;
        self.prepare_wanted_async(Wanted::features(shape)).await?;
        let (mut outputs, _) = self.outputs_of(&picture.into(), shape).await?;
        Ok(outputs.swap_remove(0))
    }

    /// Computes the features of each of `photos`, in their order and in batches of the network.
    ///
    /// # Errors
    /// The same as [`Network::features_async`].
    pub async fn features_all_async(&mut self, photos: &[Photo]) -> Result<Vec<Tensor>> {
        let mut features = Vec::with_capacity(photos.len());
        for photos in photos.chunks(self.batch()) {
            let inputs = photos.iter().map(|photo| self.embedded_input(photo));
            let inputs = batch(inputs.collect::<Result<_>>()?)?;
            features.extend(each_image(self.features_inputs_async(&inputs).await?)?);
        }
        Ok(features)
    }

    /// Computes the features of each image of `inputs`, which must be preprocessed as by [`Network::preprocess`].
    ///
    /// # Errors
    /// The same as [`Network::features_async`].
    pub async fn features_inputs_async(&mut self, inputs: &Tensor) -> Result<Tensor> {
        let wanted = Wanted::features(inputs.shape());
        self.prepare_wanted_async(wanted).await?;
        self.answer(inputs).await
    }

    /// Computes the features of a stream of images, which is the same as for [`Network::classify_stream`].
    ///
    /// ```no_run
    /// use std::path::{Path, PathBuf};
    ///
    /// use menagerie::photo::Subfolders;
    /// use menagerie::{Network, npy, photo};
    ///
    /// let mut network = Network::builder("mobilenet_v2").batch(8).load()?;
    /// let preprocess = network.preprocess()?;
    /// let photos = photo::find(&[PathBuf::from("holiday")], Subfolders::Skip).sources;
    /// let inputs = photo::Stream::start(photos, photo::Decoding::new(), move |photo| preprocess.apply(&photo))?;
    /// let mut file = npy::Writer::create(Path::new("holiday.npy"), network.features_shape()?)?;
    /// for features in network.features_stream(inputs) {
    ///     file.append(&features?)?;
    /// }
    /// file.finish()?;
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    pub fn features_stream<I: IntoIterator<Item = Result<Tensor>>>(
        &mut self,
        inputs: I,
    ) -> AnswerStream<'_, I::IntoIter, Tensor> {
        AnswerStream::new(self, inputs.into_iter())
    }

    fn embedded_input(&self, photo: &Photo) -> Result<Tensor> {
        self.input(photo, self.input_shape()?)
    }
}
