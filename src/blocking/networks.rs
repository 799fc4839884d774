//! Blocking functions for networks and their tasks.

use super::wait;
use crate::error::Result;
use crate::frame::TextureTarget;
use crate::network::{
    Device, DeviceChoice, LayerError, Network, NetworkBuilder, Notice, SelfTest, Wanted,
};
use crate::photo::Photo;
use crate::profile::Profile;
use crate::session::Outputs;
use crate::tasks::{
    AnswerStream, Classification, Explanation, Mask, Picture, Segmentation, each_image,
};
use crate::tensor::Tensor;
use crate::zoo::Task;

impl Network {
    /// [`Network::load_async`].
    ///
    /// # Errors
    /// The same.
    pub fn load(name: impl Into<String>) -> Result<Self> {
        pollster::block_on(Self::load_async(name))
    }

    /// [`Network::prepare_async`], on all cores.
    ///
    /// # Errors
    /// The same.
    pub fn prepare(&mut self) -> Result<()> {
        self.prepare_wanted(self.usual()?)
    }

    /// [`Network::run_async`].
    ///
    /// # Errors
    /// The same.
    pub fn run(&mut self, input: &Tensor) -> Result<Tensor> {
        self.prepare_wanted(input.shape().into())?;
        wait_on(&self.device().clone(), self.run_async(input))
    }

    /// [`Network::run_named_async`].
    ///
    /// # Errors
    /// The same.
    pub fn run_named(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Outputs> {
        self.prepare_wanted(self.named(inputs)?)?;
        wait_on(&self.device().clone(), self.run_named_async(inputs))
    }

    /// [`Network::layer_errors_async`].
    ///
    /// # Errors
    /// The same.
    pub fn layer_errors(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Vec<LayerError>> {
        wait_on(&self.device().clone(), self.layer_errors_async(inputs))
    }

    /// [`Network::self_test_async`].
    ///
    /// # Errors
    /// The same.
    pub fn self_test(&mut self) -> Result<SelfTest> {
        self.prepare()?;
        wait_on(&self.device().clone(), self.self_test_async())
    }

    /// [`Network::profile_async`].
    ///
    /// # Errors
    /// The same.
    pub fn profile(&mut self, runs: usize) -> Result<Profile> {
        self.prepare()?;
        wait_on(&self.device().clone(), self.profile_async(runs))
    }

    /// [`Network::classify_async`].
    ///
    /// # Errors
    /// The same.
    pub fn classify<'p>(&mut self, picture: impl Into<Picture<'p>>) -> Result<Classification> {
        let picture = picture.into();
        self.prepare_wanted(self.classified_shape(&picture)?.into())?;
        wait_on(&self.device().clone(), self.classify_async(picture))
    }

    /// [`Network::classify_all_async`].
    ///
    /// # Errors
    /// The same.
    pub fn classify_all(&mut self, photos: &[Photo]) -> Result<Vec<Classification>> {
        self.check_task(Task::Classify)?;
        self.prepare()?;
        wait_on(&self.device().clone(), self.classify_all_async(photos))
    }

    /// [`Network::classify_inputs_async`].
    ///
    /// # Errors
    /// The same.
    pub fn classify_inputs(&mut self, inputs: &Tensor) -> Result<Vec<Classification>> {
        self.check_task(Task::Classify)?;
        self.prepare_wanted(inputs.shape().into())?;
        wait_on(&self.device().clone(), self.classify_inputs_async(inputs))
    }

    /// [`Network::segment_async`].
    ///
    /// # Errors
    /// The same.
    pub fn segment<'p>(&mut self, picture: impl Into<Picture<'p>>) -> Result<Mask> {
        let picture = picture.into();
        let shape = self.segmented_shape(&picture)?;
        let prepared = self.prepare_wanted(shape.into());
        prepared.map_err(|error| self.explained(error, shape))?;
        wait_on(&self.device().clone(), self.segment_async(picture))
    }

    /// [`Network::segment_classes_async`].
    ///
    /// # Errors
    /// The same.
    pub fn segment_classes<'p>(&mut self, picture: impl Into<Picture<'p>>) -> Result<Segmentation> {
        let picture = picture.into();
        let shape = self.segmented_shape(&picture)?;
        let prepared = self.prepare_wanted(shape.into());
        prepared.map_err(|error| self.explained(error, shape))?;
        wait_on(&self.device().clone(), self.segment_classes_async(picture))
    }

    /// [`Network::explain_async`].
    ///
    /// # Errors
    /// The same.
    pub fn explain<'p>(
        &mut self,
        picture: impl Into<Picture<'p>>,
        class: impl Into<Option<usize>>,
    ) -> Result<Explanation> {
        let picture = picture.into();
        self.prepare_wanted(self.explained_input(&picture)?)?;
        wait_on(&self.device().clone(), self.explain_async(picture, class))
    }

    /// [`Network::paint_explanation_async`].
    ///
    /// # Errors
    /// The same.
    pub fn paint_explanation<'p>(
        &mut self,
        picture: impl Into<Picture<'p>>,
        class: impl Into<Option<usize>>,
        target: TextureTarget<'_>,
    ) -> Result<Classification> {
        let picture = picture.into();
        self.prepare_wanted(self.painted_explanation(&picture)?)?;
        let device = self.device().clone();
        wait_on(
            &device,
            self.paint_explanation_async(picture, class, target),
        )
    }

    /// [`Network::paint_mask_async`].
    ///
    /// # Errors
    /// The same.
    pub fn paint_mask<'p>(
        &mut self,
        picture: impl Into<Picture<'p>>,
        target: TextureTarget<'_>,
    ) -> Result<()> {
        let picture = picture.into();
        self.prepare_painting(&picture)?;
        wait_on(
            &self.device().clone(),
            self.paint_mask_async(picture, target),
        )
    }

    /// Prepares the segmentation of `picture` in a texture.
    fn prepare_painting(&mut self, picture: &Picture<'_>) -> Result<()> {
        let shape = self.painted_shape(picture)?;
        let prepared = self.prepare_wanted(shape.into());
        prepared.map_err(|error| self.explained(error, shape))
    }

    /// [`Network::paint_classes_async`].
    ///
    /// # Errors
    /// The same.
    pub fn paint_classes<'p>(
        &mut self,
        picture: impl Into<Picture<'p>>,
        target: TextureTarget<'_>,
    ) -> Result<()> {
        let picture = picture.into();
        self.prepare_painting(&picture)?;
        wait_on(
            &self.device().clone(),
            self.paint_classes_async(picture, target),
        )
    }

    /// [`Network::features_async`].
    ///
    /// # Errors
    /// The same.
    pub fn features<'p>(&mut self, picture: impl Into<Picture<'p>>) -> Result<Tensor> {
        self.prepare_wanted(Wanted::features(self.input_shape()?))?;
        wait_on(&self.device().clone(), self.features_async(picture))
    }

    /// [`Network::features_all_async`].
    ///
    /// # Errors
    /// The same.
    pub fn features_all(&mut self, photos: &[Photo]) -> Result<Vec<Tensor>> {
        self.prepare_wanted(Wanted::features(self.input_shape()?))?;
        wait_on(&self.device().clone(), self.features_all_async(photos))
    }

    /// [`Network::features_inputs_async`].
    ///
    /// # Errors
    /// The same.
    pub fn features_inputs(&mut self, inputs: &Tensor) -> Result<Tensor> {
        self.prepare_wanted(Wanted::features(inputs.shape()))?;
        wait_on(&self.device().clone(), self.features_inputs_async(inputs))
    }
}

impl NetworkBuilder<'_> {
    /// [`NetworkBuilder::load_async`].
    ///
    /// # Errors
    /// The same.
    pub fn load(self) -> Result<Network> {
        pollster::block_on(self.load_async())
    }
}

impl Device {
    /// [`Device::open_async`].
    ///
    /// # Errors
    /// The same.
    pub fn open(
        choice: &DeviceChoice,
        autotuned: bool,
        notices: &mut (dyn FnMut(Notice) + Send + '_),
    ) -> Result<Self> {
        pollster::block_on(Self::open_async(choice, autotuned, notices))
    }
}

/// Waits for each answer.
impl<I: Iterator<Item = Result<Tensor>>> Iterator for AnswerStream<'_, I, Classification> {
    type Item = Result<Classification>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((network, inputs)) = self.unanswered() {
            let answers = network.classify_inputs(inputs);
            self.put(answers);
        }
        self.pop()
    }
}

/// Waits for each answer.
impl<I: Iterator<Item = Result<Tensor>>> Iterator for AnswerStream<'_, I, Tensor> {
    type Item = Result<Tensor>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((network, inputs)) = self.unanswered() {
            let features = network.features_inputs(inputs);
            self.put(features.and_then(each_image));
        }
        self.pop()
    }
}

/// Runs `work` to its end, and polls `device` meanwhile.
fn wait_on<T>(device: &Device, work: impl Future<Output = Result<T>>) -> Result<T> {
    match device.gpu() {
        Some(gpu) => wait(gpu, work),
        None => pollster::block_on(work),
    }
}
