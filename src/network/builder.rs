//! The options of a network.

#[cfg(feature = "onnx")]
use std::sync::Arc;
use std::time::Duration;

use super::device::{Device, DeviceChoice};
#[cfg(feature = "onnx")]
use super::named::ModelFile;
use super::named::Named;
use super::notice::Notice;
use super::open_extents::OpenExtents;
use super::weights_choice::WeightsChoice;
use super::{Ending, Network, Origin};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::labels::Labels;
#[cfg(feature = "onnx")]
use crate::onnx::Model;
use crate::passes::{PassSet, optimize};
use crate::preprocess::{Adjustments, Preprocess};
use crate::program::{Precision, kept_in};
use crate::weights::Weights;

/// The options of a [`Network`]. For a network of the zoo, all of them are optional.
///
/// ```no_run
/// use std::path::Path;
///
/// use menagerie::gpu::AdapterChoice;
/// use menagerie::{Labels, Network};
///
/// let mut network = Network::builder("resnet50")
///     .weights(Path::new("birds.safetensors"))
///     .labels(Labels::read("birds.txt")?)
///     .device(AdapterChoice::Name("nvidia".into()))
///     .batch(8)
///     .size(320, 256)
///     .on_notice(|notice| eprintln!("{notice}"))
///     .load()?;
/// # Ok::<(), menagerie::Error>(())
/// ```
///
/// Networks always compute in f32. [`NetworkBuilder::precision`] stores weights and activations in fewer bits.
pub struct NetworkBuilder<'a> {
    pub(super) network: Named,
    /// Whether the network was that of a model file, which is read.
    pub(super) is_read: bool,
    pub(super) weights: Option<WeightsChoice>,
    pub(super) fetch: bool,
    pub(super) synthetic: bool,
    pub(super) prefix: String,
    pub(super) preprocess: Option<Preprocess>,
    pub(super) adjustments: Adjustments,
    pub(super) labels: Option<Labels>,
    pub(super) device: DeviceChoice,
    pub(super) autotuned: bool,
    pub(super) keeps_pipelines: bool,
    pub(super) batch: usize,
    pub(super) takes_smaller_batches: bool,
    pub(super) size: Option<[usize; 2]>,
    /// What sets the extents that a model file leaves open.
    pub(super) extents: OpenExtents,
    pub(super) passes: PassSet,
    pub(super) allows_non_finite: bool,
    pub(super) precision: Precision,
    pub(super) keep_f32: Vec<String>,
    pub(super) ending: Option<Ending>,
    /// What a model file does not have, and is assumed.
    pub(super) assumed: Vec<&'static str>,
    pub(super) notices: Box<dyn FnMut(Notice) + Send + 'a>,
}

impl<'a> NetworkBuilder<'a> {
    pub(super) fn of_zoo(name: String) -> Self {
        Self::of(Named::of_name(name))
    }

    #[cfg(feature = "onnx")]
    pub(super) fn of_model(model: Model) -> Self {
        Self::of(Named::File(ModelFile::Open(Arc::new(model))))
    }

    pub(super) fn of_graph(graph: Graph, weights: Weights) -> Self {
        Self::of(Named::Graph(Box::new(graph), weights))
    }

    fn of(network: Named) -> Self {
        Self {
            network,
            is_read: false,
            weights: None,
            fetch: false,
            synthetic: false,
            prefix: String::new(),
            preprocess: None,
            adjustments: Adjustments::default(),
            labels: None,
            device: DeviceChoice::Any,
            autotuned: true,
            keeps_pipelines: true,
            batch: 1,
            takes_smaller_batches: false,
            size: None,
            extents: OpenExtents::default(),
            passes: PassSet::all(),
            allows_non_finite: false,
            precision: Precision::F32,
            keep_f32: Vec::new(),
            ending: None,
            assumed: Vec::new(),
            notices: Box::new(|_| {}),
        }
    }

    /// Sets the weights of a network of the zoo: the path of a safetensors or PyTorch
    /// file, as [`Weights::open`] takes it, a [`WeightsSource`](crate::zoo::WeightsSource), or opened [`Weights`]. The default is
    /// [`WeightsSource::default_for`](crate::zoo::WeightsSource::default_for). The weights determine preprocessing and
    /// labels; see [`Checkpoint`](crate::zoo::Checkpoint). Your own graph already has weights, and loading it with
    /// others is an error.
    pub fn weights(mut self, weights: impl Into<WeightsChoice>) -> Self {
        self.weights = Some(weights.into());
        self
    }

    /// Uses only the tensors of the weights file whose names begin with `prefix`; see [`Weights::with_prefix`].
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Downloads the published weights from the Hugging Face Hub if no weights were chosen and none are on this machine
    /// (feature `hub`). The download blocks its thread, also in [`NetworkBuilder::load_async`].
    pub fn fetch_if_missing(mut self) -> Self {
        self.fetch = true;
        self
    }

    /// Uses synthetic weights if no weights were chosen and none are on this machine, and reports it as a [`Notice`].
    /// This is for measurements, which do not depend on the weights.
    pub fn synthetic_if_missing(mut self) -> Self {
        self.synthetic = true;
        self
    }

    /// Sets the preprocessing of photos. The default is that of the weights; see
    /// [`Checkpoint::preprocess`](crate::zoo::Checkpoint::preprocess). Sizes in it are scaled in
    /// proportion to its crop, so that the crop has the size of the network's input.
    pub fn preprocess(mut self, preprocess: Preprocess) -> Self {
        self.preprocess = Some(preprocess);
        self
    }

    /// Replaces parts of the preprocessing of photos. A crop without a [size](NetworkBuilder::size) is also the size of the
    /// network's input.
    pub fn adjust(mut self, adjustments: Adjustments) -> Self {
        self.adjustments = adjustments;
        self
    }

    /// Sets the names of the classes, one for each class of the network: [`Labels`], or a list of names. A network with
    /// one score separates two classes.
    pub fn labels(mut self, labels: impl Into<Labels>) -> Self {
        self.labels = Some(labels.into());
        self
    }

    /// Sets height and width of the network's input. The default is the size that the published weights were trained
    /// for, or for segmentation the size of each photo.
    pub fn size(mut self, height: usize, width: usize) -> Self {
        self.size = Some([height, width]);
        self
    }

    /// Sets the extent that a model file leaves open under the name `dimension`, such as `sequence_length`. Height and width
    /// of images are set by [`NetworkBuilder::size`], too. A name that the file does not have is an error of loading.
    pub fn dimension(mut self, dimension: impl Into<String>, extent: usize) -> Self {
        self.extents.by_name.insert(dimension.into(), extent);
        self
    }

    /// Sets the extents of the input `name`, or of the only input, as its tensors will have them, the number of images first.
    /// Extents that are open become those: the size of a network of the zoo, and all but the number of images that a model
    /// file leaves open.
    pub fn input_extents<'n>(
        mut self,
        name: impl Into<Option<&'n str>>,
        extents: &[usize],
    ) -> Self {
        let name = name.into().map(str::to_owned);
        self.extents.of_inputs.push((name, extents.to_vec()));
        self
    }

    /// Loads the network only for its [features](Network::features). The weights may have no classifier, or one for any
    /// number of classes.
    pub fn without_classifier(mut self) -> Self {
        self.ending = Some(Ending::Classifier);
        self
    }

    /// Makes the result of the layer or module `name`, such as `layer3.5`, the [features](Network::features): a vector
    /// or an image. [`Network::summary`] lists the names. The weights of later layers are not needed.
    pub fn layer(mut self, name: impl Into<String>) -> Self {
        self.ending = Some(Ending::Layer(name.into()));
        self
    }

    /// Sets a callback for notices that are not errors: a missing GPU, the progress of a download.
    pub fn on_notice(mut self, notices: impl FnMut(Notice) + Send + 'a) -> Self {
        self.notices = Box::new(notices);
        self
    }

    /// Opens the weights and the device.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`] if the zoo has no such network; [`ErrorKind::MissingWeights`] if its weights are not
    /// on this machine, and [`ErrorKind::UnpublishedWeights`] if they cannot be downloaded either;
    /// [`ErrorKind::Weights`] if a file is invalid or belongs to another network, [`ErrorKind::Io`] if it cannot be
    /// read; [`ErrorKind::Unreachable`] and [`ErrorKind::Server`] if a download fails; [`ErrorKind::Shape`] if the
    /// network does not support the size; [`ErrorKind::Input`] if the number of labels differs from the number of
    /// classes, or the batch is 0; [`ErrorKind::UnknownLayer`] if the network has no such layer;
    /// [`ErrorKind::OpenExtent`] if a model file leaves an extent open that is not set;
    /// [`ErrorKind::UnknownAdapter`], and [`ErrorKind::Adapter`] if an adapter was chosen and there is none;
    /// [`ErrorKind::Device`] if the adapter gives no device; [`ErrorKind::Unsupported`] for another precision than f32 on the
    /// reference executor.
    pub async fn load_async(mut self) -> Result<Network> {
        if self.batch == 0 {
            return Err(Error::new(
                ErrorKind::Input,
                "a network takes a batch of at least 1 image, found 0",
            ));
        }
        self.read_model_file()?;
        self.report_assumptions();
        let (origin, weights, preprocess, labels) = match &self.network {
            Named::Zoo(_) | Named::File(_) => {
                let checkpoint = self.checkpoint()?;
                self.report(&checkpoint);
                let (weights, preprocess) = (checkpoint.weights().clone(), checkpoint.preprocess());
                let labels = checkpoint.labels();
                (Origin::Zoo(checkpoint), weights, Some(preprocess), labels)
            }
            Named::Graph(graph, weights) => {
                let (graph, weights) = (graph.clone(), weights.clone());
                self.check_graph(&graph, &weights)?;
                (Origin::Graph(graph), weights, None, Labels::default())
            }
        };
        let mut network = Network {
            origin,
            weights: match self.allows_non_finite {
                true => weights.allow_non_finite(),
                false => weights,
            },
            preprocess: preprocess.or(self.preprocess).map(|own| self.adjusted(own)),
            labels: self.labels.take().unwrap_or(labels),
            device: Device::Reference,
            batch: self.batch,
            takes_smaller_batches: self.takes_smaller_batches,
            size: self.input_size(),
            passes: self.passes.clone(),
            allows_non_finite: self.allows_non_finite,
            precision: self.precision,
            keep_f32: self.keep_f32.clone(),
            ending: self.ending.take(),
            parameters: None,
            prepared: Vec::new(),
            running: Duration::ZERO,
        };
        network.check()?;
        let device = Device::open_async(&self.device, self.autotuned, &mut *self.notices).await?;
        let is_shared = matches!(self.device, DeviceChoice::Open(_));
        network.device = match self.keeps_pipelines && !is_shared {
            true => device.keeping_pipelines(),
            false => device,
        };
        network.check_precision()?;
        Ok(network)
    }

    fn check_graph(&self, graph: &Graph, weights: &Weights) -> Result<()> {
        let refused = |what: &str| {
            let message = format!("{}: a graph of your own {what}", graph.name());
            Err(Error::new(ErrorKind::Input, message))
        };
        if self.weights.is_some() {
            return refused("comes with its weights, found others beside them");
        }
        if let Some(size) = self.size {
            let inputs = graph.inputs().iter();
            let images = inputs.filter_map(|port| graph.ty(port.value).shape());
            let sizes: Vec<[usize; 2]> = images.map(|image| [image.height, image.width]).collect();
            if sizes.is_empty() {
                return refused("has no image as its input, found a size for one");
            }
            if let Some([height, width]) = sizes.into_iter().find(|&other| other != size) {
                return refused(&format!("has the size {height}x{width}, found another one"));
            }
        }
        graph.answer()?;
        match self.ending {
            None => weights.check(graph),
            // Only those up to there count.
            Some(_) => Ok(()),
        }
    }
}

impl Network {
    /// Checks that the device stores tensors in the precision.
    fn check_precision(&self) -> Result<()> {
        match (&self.device, self.precision) {
            (Device::Gpu(_), _) | (Device::Reference, Precision::F32) => Ok(()),
            (Device::Reference, other) => Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{}: expected the precision f32 on the reference executor, found {other}",
                    self.name()
                ),
            )),
        }
    }

    /// Checks that graph, weights and options are consistent, before a device is opened.
    fn check(&self) -> Result<()> {
        let input = self.usual()?.input;
        let graph = match self.ending {
            None => self.graph(input)?,
            Some(_) => self.features_graph(input)?,
        };
        if !self.keep_f32.is_empty() {
            kept_in(&graph, &optimize(&graph, &self.passes)?, &self.keep_f32)?;
        }
        if self.labels.is_empty() {
            return Ok(());
        }
        let (names, separated) = (self.labels.len(), self.separated()?);
        if names != separated && names != self.classes()? {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{} tells {separated} classes apart, found {names} labels",
                    self.name()
                ),
            ));
        }
        Ok(())
    }
}
