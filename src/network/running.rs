//! Runs on tensors: any number of images, divided into batches.

use super::prepared::Wanted;
use super::{Network, Origin};
use crate::error::{Error, ErrorKind, Result};
use crate::maps::ClassMaps;
use crate::profile::Profile;
use crate::session::{Outputs, Session};
use crate::tensor::{Shape, Tensor};
use crate::timing::Clock;
use crate::weights::synthetic_input;

use super::executor::Executor;

impl Network {
    /// Prepares the network for images of its default size, or that of [`NetworkBuilder::size`], so that the first run
    /// is fast.
    ///
    /// [`NetworkBuilder::size`]: super::NetworkBuilder::size
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the network does not support that size, [`ErrorKind::Limit`] if the device has not
    /// enough memory, [`ErrorKind::Unsupported`] if it has no kernel for an operation, [`ErrorKind::Weights`] if a
    /// parameter is not finite, [`ErrorKind::Device`] and [`ErrorKind::DeviceLost`] if the device fails.
    pub async fn prepare_async(&mut self) -> Result<()> {
        self.prepare_wanted_async(self.usual()?).await
    }

    /// The answer for `input`: any number of images of any size that the network supports. They must be normalised.
    ///
    /// ```
    /// use menagerie::network::Device;
    /// use menagerie::{Network, Tensor, tensor::Shape};
    ///
    /// let mut network = Network::builder("lenet5").device(Device::Reference).load()?;
    /// let answer = network.run(&Tensor::zeros(3, Shape::new(1, 28, 28)))?;
    /// assert_eq!((answer.batch(), answer.shape()), (3, Shape::vector(10)));
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// The same as [`Network::prepare_async`] and [`Session::run_async`].
    pub async fn run_async(&mut self, input: &Tensor) -> Result<Tensor> {
        self.prepare_wanted_async(input.shape().into()).await?;
        self.answer(input).await
    }

    /// The same as [`Network::run_async`], with every input and every output of the graph by its name, for at most one
    /// batch of images.
    ///
    /// # Errors
    /// The same as [`Network::run_async`]; [`ErrorKind::Input`] if an input is missing, unknown or named
    /// twice, or there are more images.
    pub async fn run_named_async(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Outputs> {
        self.prepare_wanted_async(self.named(inputs)?).await?;
        let clock = Clock::start();
        let outputs = self.latest()?.executor.run_named(inputs).await?;
        self.running += clock.now();
        Ok(outputs)
    }

    /// Profiles the network at the default size: `runs` timed and `runs` untimed runs on a synthetic input of a whole
    /// batch.
    ///
    /// # Errors
    /// The same as [`Network::prepare_async`] and [`Session::profile_async`]; [`ErrorKind::Unsupported`] on the
    /// reference executor, which has no kernels.
    pub async fn profile_async(&mut self, runs: usize) -> Result<Profile> {
        self.prepare_async().await?;
        let (batch, shape) = (self.batch, self.input_shape()?);
        let input = synthetic_input(0, batch, shape);
        match &mut self.latest()?.executor {
            Executor::Gpu(session) => session.profile_async(&input, runs).await,
            Executor::Reference(_) => Err(Error::new(
                ErrorKind::Unsupported,
                "the reference executor has no kernels to time",
            )),
        }
    }

    /// The [`Session`] that was prepared or run last. `None` on the reference executor, and before the first
    /// preparation.
    pub fn session(&mut self) -> Option<&mut Session> {
        match &mut self.prepared.last_mut()?.executor {
            Executor::Gpu(session) => Some(session),
            Executor::Reference(_) => None,
        }
    }

    /// The answer of the variant that was prepared last.
    pub(crate) async fn answer(&mut self, input: &Tensor) -> Result<Tensor> {
        let clock = Clock::start();
        let (batch, prepared) = (self.batch, self.latest()?);
        let answer = match input.batch() <= batch {
            true => prepared.executor.run(input).await?,
            false => {
                let mut answers = Vec::new();
                for part in parts(input, batch) {
                    answers.push(prepared.executor.run(&part?).await?);
                }
                joined(&answers)?
            }
        };
        self.running += clock.now();
        Ok(answer)
    }

    /// All outputs of the variant that was prepared last for `input`, at most one batch, with class maps if their
    /// features are prepared.
    pub(crate) async fn outputs(
        &mut self,
        input: &Tensor,
    ) -> Result<(Vec<Tensor>, Option<&ClassMaps>)> {
        let clock = Clock::start();
        let outputs = self.latest()?.executor.run_outputs(input).await?;
        self.running += clock.now();
        Ok((outputs, self.latest()?.maps.as_ref()))
    }

    /// The variant for `inputs`. The first input determines the size of a network of the zoo.
    pub(crate) fn named(&self, inputs: &[(&str, &Tensor)]) -> Result<Wanted> {
        match (inputs, &self.origin) {
            ([(_, tensor), ..], Origin::Zoo(_)) => Ok(tensor.shape().into()),
            _ => self.usual(),
        }
    }
}

/// Divides `input` into parts of at most `batch` images.
fn parts(input: &Tensor, batch: usize) -> impl Iterator<Item = Result<Tensor>> {
    let shape = input.shape();
    let images = input.data().chunks(batch * shape.elements());
    images.map(move |part| Tensor::new(part.len() / shape.elements(), shape, part.to_vec()))
}

/// Concatenates the images of `parts`. There must be at least one part.
fn joined(parts: &[Tensor]) -> Result<Tensor> {
    let shape = parts.first().map_or(Shape::vector(1), Tensor::shape);
    let images = parts.iter().map(Tensor::batch).sum();
    let values = parts.iter().flat_map(Tensor::data).copied();
    Tensor::new(images, shape, values.collect())
}
