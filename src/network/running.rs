//! Runs on tensors: any number of images, divided into batches.

use super::prepared::Wanted;
use super::{Network, Origin};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::TextureSource;
use crate::maps::ClassMaps;
use crate::preprocess::Preprocess;
use crate::profile::Profile;
use crate::session::{Outputs, Session};
use crate::tensor::{Images, Shape, Tensor};
use crate::timing::Clock;
use crate::weights::synthetic_inputs;

use super::executor::Executor;

impl Network {
    /// Prepares the network for images of its default size, or that of [`NetworkBuilder::size`], so that the first run
    /// is fast.
    ///
    /// [`NetworkBuilder::size`]: super::NetworkBuilder::size
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the network does not support that size, [`ErrorKind::Limit`] if the device has not
    /// enough memory, [`ErrorKind::Unsupported`] if it has no kernel for an operation, [`ErrorKind::Weights`] and
    /// [`ErrorKind::NotFinite`] if a parameter is not valid, [`ErrorKind::Device`] and [`ErrorKind::DeviceLost`] if the device fails.
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
    /// The same as [`Network::prepare_async`] and [`Session::run_async`]; [`ErrorKind::Input`] if a value of the input is
    /// NaN or infinite, and [`ErrorKind::NotFinite`] if a value of the answer is. The latter names the first layer with
    /// such a result. [`NetworkBuilder::allow_non_finite`] allows both.
    ///
    /// [`NetworkBuilder::allow_non_finite`]: super::NetworkBuilder::allow_non_finite
    pub async fn run_async(&mut self, input: &Tensor) -> Result<Tensor> {
        self.prepare_wanted_async(input.shape().into()).await?;
        self.answer(input).await
    }

    /// The same as [`Network::run_async`], with every input and every output of the graph by its name.
    /// [`Network::signature`] lists them.
    ///
    /// ```
    /// use menagerie::graph::network;
    /// use menagerie::network::Device;
    /// use menagerie::weights::Weights;
    /// use menagerie::{Network, Tensor, tensor::Shape};
    ///
    /// let shape = Shape::new(3, 8, 8);
    /// let graph = network("sum", |net| {
    ///     let (left, right) = (net.image("left", shape)?, net.image("right", shape)?);
    ///     let sum = net.add("sum", left, right)?;
    ///     net.output("sum", sum)
    /// })?;
    /// let network = Network::of_graph(graph, Weights::synthetic(0)).device(Device::Reference);
    /// let mut network = network.load()?;
    /// let one = Tensor::new(1, shape, vec![1.0; 3 * 8 * 8])?;
    /// let outputs = network.run_named(&[("left", &one), ("right", &one)])?;
    /// assert_eq!(outputs.get("sum").map(|sum| sum.data()[0]), Some(2.0));
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// The same as [`Network::run_async`]; [`ErrorKind::Input`] if an input is missing, unknown, named twice or of another
    /// shape, or if the inputs have different numbers of images. The message lists all inputs and outputs.
    pub async fn run_named_async(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Outputs> {
        self.prepare_wanted_async(self.named(inputs)?).await?;
        let (batch, clock) = (self.batch, Clock::start());
        let prepared = self.latest()?;
        let signature = prepared.signature.clone();
        let tensors = signature.in_order(inputs)?;
        let names = signature.inputs.iter().map(|input| input.name.as_str());
        let mut batches: Vec<Vec<Tensor>> = Vec::new();
        let mut parts: Vec<_> = tensors
            .into_iter()
            .map(|tensor| Images::parts(tensor, batch))
            .collect();
        // Each input has as many images.
        while let Some(part) = parts
            .iter_mut()
            .map(Iterator::next)
            .collect::<Option<Vec<_>>>()
            && !part.is_empty()
        {
            let part: Vec<(&str, Images<'_>)> = names.clone().zip(part).collect();
            batches.push(prepared.run_all(&part).await?);
        }
        let outputs = match <[Vec<Tensor>; 1]>::try_from(batches) {
            Ok([outputs]) => outputs,
            Err(batches) => {
                let of_output = |index| {
                    let parts = batches.iter().map(|outputs: &Vec<Tensor>| &outputs[index]);
                    joined(parts)
                };
                let outputs = 0..signature.outputs.len();
                outputs.map(of_output).collect::<Result<_>>()?
            }
        };
        let names = signature.outputs.iter().map(|output| output.name.clone());
        let outputs = Outputs::new(names.collect::<Vec<String>>(), outputs);
        self.running += clock.now();
        Ok(outputs)
    }

    /// Profiles the network at the default size: `runs` timed and `runs` untimed runs on synthetic inputs of a whole
    /// batch.
    ///
    /// # Errors
    /// The same as [`Network::prepare_async`] and [`Session::profile_async`]; [`ErrorKind::Unsupported`] on the
    /// reference executor, which has no kernels.
    pub async fn profile_async(&mut self, runs: usize) -> Result<Profile> {
        self.prepare_async().await?;
        let (batch, signature) = (self.batch, self.signature()?);
        let inputs = synthetic_inputs(0, batch, &signature)?;
        match &mut self.latest()?.executor {
            Executor::Gpu(session) => {
                let inputs = signature.named(&inputs);
                session.profile_named_async(&inputs, runs).await
            }
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
            true => prepared.run(input.into()).await?,
            false => {
                let mut answers = Vec::new();
                for part in Images::parts(input, batch) {
                    answers.push(prepared.run(part).await?);
                }
                joined(answers.iter())?
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
        let outputs = self.latest()?.run_outputs(input).await?;
        self.running += clock.now();
        Ok((outputs, self.latest()?.maps.as_ref()))
    }

    /// As [`Network::outputs`], for one image that the device preprocesses.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] on the reference executor; as [`TextureInput::new_async`] and [`Session::read_async`].
    pub(crate) async fn outputs_of_texture(
        &mut self,
        source: &TextureSource<'_>,
        preprocess: &Preprocess,
    ) -> Result<(Vec<Tensor>, Option<&ClassMaps>)> {
        let clock = Clock::start();
        let outputs = self.latest()?.run_texture(source, preprocess).await?;
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

/// Concatenates the images of `parts`. There must be at least one part.
fn joined<'a>(parts: impl Iterator<Item = &'a Tensor> + Clone) -> Result<Tensor> {
    let shape = parts.clone().next().map_or(Shape::vector(1), Tensor::shape);
    let images = parts.clone().map(Tensor::batch).sum();
    let values = parts.flat_map(Tensor::data).copied();
    Tensor::new(images, shape, values.collect())
}
