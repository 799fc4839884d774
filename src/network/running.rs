//! Tensors in, tensors out: batches of any number of images, in parts that the network was prepared for.

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
    /// Prepares the network for images of its usual size, or that of [`NetworkBuilder::size`], so that the first one
    /// waits for nothing.
    ///
    /// [`NetworkBuilder::size`]: super::NetworkBuilder::size
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where the network does not take that size, [`ErrorKind::Limit`] where the device has no
    /// room for it, [`ErrorKind::Unsupported`] where it has no kernel for an operation, [`ErrorKind::Weights`] where a
    /// parameter is not finite, [`ErrorKind::Device`] and [`ErrorKind::DeviceLost`] where the device fails.
    pub async fn prepare_async(&mut self) -> Result<()> {
        self.prepare_wanted_async(self.usual()?).await
    }

    /// The answer for `input`: images of any size that the network takes, and any number of them. What the network
    /// takes is normalised already.
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
    /// As [`Network::prepare_async`] and [`Session::run_async`].
    pub async fn run_async(&mut self, input: &Tensor) -> Result<Tensor> {
        self.prepare_wanted_async(input.shape().into()).await?;
        self.answer(input).await
    }

    /// As [`Network::run_async`], with every input and every output of the graph by its name, for at most as many
    /// images as the network's batch.
    ///
    /// # Errors
    /// As [`Network::run_async`]; [`ErrorKind::Input`] where an input is missing or named twice, there is none of such
    /// a name, or there are more images.
    pub async fn run_named_async(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Outputs> {
        self.prepare_wanted_async(self.named(inputs)?).await?;
        let clock = Clock::start();
        let outputs = self.latest()?.executor.run_named(inputs).await?;
        self.running += clock.now();
        Ok(outputs)
    }

    /// Where the time of a run at the usual size goes: `runs` timed and untimed ones on a made-up input of the whole
    /// batch.
    ///
    /// # Errors
    /// As [`Network::prepare_async`] and [`Session::profile_async`]; [`ErrorKind::Unsupported`] on the reference
    /// executor, which has no kernels.
    pub async fn profile_async(&mut self, runs: usize) -> Result<Profile> {
        self.prepare_async().await?;
        let (batch, shape) = (self.batch, self.usual_shape()?);
        let input = synthetic_input(0, batch, shape);
        match &mut self.latest()?.executor {
            Executor::Gpu(session) => session.profile_async(&input, runs).await,
            Executor::Reference(_) => Err(Error::new(
                ErrorKind::Unsupported,
                "the reference executor has no kernels to time",
            )),
        }
    }

    /// The session that was prepared or run last, for what only a [`Session`] can do; none on the reference executor,
    /// and before anything was prepared.
    pub fn session(&mut self) -> Option<&mut Session> {
        match &mut self.prepared.last_mut()?.executor {
            Executor::Gpu(session) => Some(session),
            Executor::Reference(_) => None,
        }
    }

    /// The answer of what was prepared last.
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

    /// All outputs of what was prepared last for `input`, of at most as many images as the batch, and its class maps
    /// where their features are prepared.
    pub(crate) async fn outputs(
        &mut self,
        input: &Tensor,
    ) -> Result<(Vec<Tensor>, Option<&ClassMaps>)> {
        let clock = Clock::start();
        let outputs = self.latest()?.executor.run_outputs(input).await?;
        self.running += clock.now();
        Ok((outputs, self.latest()?.maps.as_ref()))
    }

    /// What is prepared for `inputs`, the first of which decides at which size a network of the zoo runs.
    pub(crate) fn named(&self, inputs: &[(&str, &Tensor)]) -> Result<Wanted> {
        match (inputs, &self.origin) {
            ([(_, tensor), ..], Origin::Zoo(_)) => Ok(tensor.shape().into()),
            _ => self.usual(),
        }
    }
}

/// `input` in parts of at most `batch` images.
fn parts(input: &Tensor, batch: usize) -> impl Iterator<Item = Result<Tensor>> {
    let shape = input.shape();
    let images = input.data().chunks(batch * shape.elements());
    images.map(move |part| Tensor::new(part.len() / shape.elements(), shape, part.to_vec()))
}

/// The images of all `parts`, of which there is at least one.
fn joined(parts: &[Tensor]) -> Result<Tensor> {
    let shape = parts.first().map_or(Shape::vector(1), Tensor::shape);
    let images = parts.iter().map(Tensor::batch).sum();
    let values = parts.iter().flat_map(Tensor::data).copied();
    Tensor::new(images, shape, values.collect())
}
