//! How a network is to be loaded.

use std::time::Duration;

use super::device::{Device, DeviceChoice};
use super::notice::Notice;
use super::weights::WeightsChoice;
use super::{Ending, Network, Origin};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::labels::Labels;
use crate::passes::PassSet;
use crate::preprocess::Preprocess;
use crate::tensor::Shape;
use crate::weights::Weights;

/// Options of a [`Network`]. None has to be given for a network of the zoo.
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
/// There is no choice of precision: networks compute in f32.
pub struct NetworkBuilder<'a> {
    pub(super) network: Named,
    pub(super) weights: Option<WeightsChoice>,
    pub(super) fetch: bool,
    pub(super) synthetic: bool,
    preprocess: Option<Preprocess>,
    labels: Option<Labels>,
    device: DeviceChoice,
    autotuned: bool,
    batch: usize,
    size: Option<[usize; 2]>,
    passes: PassSet,
    ending: Option<Ending>,
    pub(super) notices: Box<dyn FnMut(Notice) + Send + 'a>,
}

/// Which network.
pub(super) enum Named {
    Zoo(String),
    Graph(Box<Graph>, Weights),
}

impl<'a> NetworkBuilder<'a> {
    pub(super) fn of_zoo(name: String) -> Self {
        Self::of(Named::Zoo(name))
    }

    pub(super) fn of_graph(graph: Graph, weights: Weights) -> Self {
        Self::of(Named::Graph(Box::new(graph), weights))
    }

    fn of(network: Named) -> Self {
        Self {
            network,
            weights: None,
            fetch: false,
            synthetic: false,
            preprocess: None,
            labels: None,
            device: DeviceChoice::Any,
            autotuned: true,
            batch: 1,
            size: None,
            passes: PassSet::all(),
            ending: None,
            notices: Box::new(|_| {}),
        }
    }

    /// The weights of a network of the zoo, instead of those that [`WeightsSource::default_for`](crate::zoo::WeightsSource::default_for) finds: the path of a
    /// safetensors file, a [`WeightsSource`](crate::zoo::WeightsSource), or opened [`Weights`]. Preprocessing and labels follow from them; see
    /// [`Checkpoint`](crate::zoo::Checkpoint). A graph of your own has its weights already, and loading it with others is an error.
    pub fn weights(mut self, weights: impl Into<WeightsChoice>) -> Self {
        self.weights = Some(weights.into());
        self
    }

    /// Downloads the network's published weights from the Hugging Face Hub first, where no others were chosen and none
    /// are on this machine (feature `hub`). The download makes its thread wait, also in [`NetworkBuilder::load_async`].
    pub fn fetch_if_missing(mut self) -> Self {
        self.fetch = true;
        self
    }

    /// Takes made-up weights where no others were chosen and none are on this machine, and tells so by a
    /// [`Notice`]: for measurements, which do not depend on them.
    pub fn synthetic_if_missing(mut self) -> Self {
        self.synthetic = true;
        self
    }

    /// How a photo becomes the input, instead of how the publisher of the weights evaluates them. A size in it counts
    /// in proportion to its crop only: the network's input is as large as its own size says.
    pub fn preprocess(mut self, preprocess: Preprocess) -> Self {
        self.preprocess = Some(preprocess);
        self
    }

    /// Names of the classes, as many as the network tells apart: [`Labels`], or a list of names.
    pub fn labels(mut self, labels: impl Into<Labels>) -> Self {
        self.labels = Some(labels.into());
        self
    }

    /// What to run on, instead of the fastest GPU there is or else the reference executor: an
    /// [`AdapterChoice`](crate::gpu::AdapterChoice), a [`Gpu`](crate::gpu::Gpu), which may be made of your application's
    /// own [`wgpu::Device`] and be shared by several networks, or a [`Device`], such as [`Device::Reference`].
    pub fn device(mut self, device: impl Into<DeviceChoice>) -> Self {
        self.device = device.into();
        self
    }

    /// Whether kernels are chosen by what autotuning found out about the device and the user's cache keeps (feature
    /// `cache`); it is, unless told otherwise. It does not concern a device that is open already.
    pub fn autotuned(mut self, autotuned: bool) -> Self {
        self.autotuned = autotuned;
        self
    }

    /// The most images that go through at once, instead of 1. More take more memory; fewer may come at any time.
    pub fn batch(mut self, batch: usize) -> Self {
        self.batch = batch;
        self
    }

    /// Height and width of the images that the network sees, instead of what its published weights were trained for, or
    /// of each photo's own where it answers for each pixel.
    pub fn size(mut self, height: usize, width: usize) -> Self {
        self.size = Some([height, width]);
        self
    }

    /// The passes over the graph, instead of [`PassSet::all`].
    pub fn passes(mut self, passes: PassSet) -> Self {
        self.passes = passes;
        self
    }

    /// Loads the network for its [features](Network::features) alone: its weights need not have the layer that scores
    /// classes, and may have it for any number of classes.
    pub fn without_classifier(mut self) -> Self {
        self.ending = Some(Ending::Classifier);
        self
    }

    /// Makes the result of the layer or module `name`, such as `layer3.5`, the [features](Network::features): a vector
    /// or an image. [`Network::summary`] lists the names. The weights need nothing that is behind it.
    pub fn layer(mut self, name: impl Into<String>) -> Self {
        self.ending = Some(Ending::Layer(name.into()));
        self
    }

    /// Whom to tell what is no failure: a missing GPU, the progress of a download.
    pub fn on_notice(mut self, notices: impl FnMut(Notice) + Send + 'a) -> Self {
        self.notices = Box::new(notices);
        self
    }

    /// Opens weights and device.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`] where the zoo has no such network; [`ErrorKind::MissingWeights`] where its weights
    /// are not on this machine, and [`ErrorKind::UnpublishedWeights`] where they cannot be downloaded either;
    /// [`ErrorKind::Weights`] where a file is not sound or not the network's, [`ErrorKind::Io`] where it cannot be read;
    /// [`ErrorKind::Unreachable`] and [`ErrorKind::Server`] where a download fails; [`ErrorKind::Shape`] where the network does not take the size;
    /// [`ErrorKind::Input`] where labels are of another number than the classes, or the batch is 0;
    /// [`ErrorKind::UnknownLayer`] where it has no such layer;
    /// [`ErrorKind::UnknownAdapter`], and [`ErrorKind::Adapter`] where there is none at all and one was asked for;
    /// [`ErrorKind::Device`] where it gives no device.
    pub async fn load_async(mut self) -> Result<Network> {
        if self.batch == 0 {
            return Err(Error::new(
                ErrorKind::Input,
                "a network takes a batch of at least 1 image, found 0",
            ));
        }
        let (origin, weights, preprocess, labels) = match &self.network {
            Named::Zoo(_) => {
                let checkpoint = self.checkpoint()?;
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
            weights,
            preprocess: self.preprocess.or(preprocess),
            labels: self.labels.take().unwrap_or(labels),
            device: Device::Reference,
            batch: self.batch,
            size: self.size,
            passes: self.passes.clone(),
            ending: self.ending.take(),
            parameters: None,
            prepared: Vec::new(),
            running: Duration::ZERO,
        };
        network.check()?;
        network.device =
            Device::open_async(&self.device, self.autotuned, &mut *self.notices).await?;
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
            let Shape { height, width, .. } = graph.input_shape()?;
            if size != [height, width] {
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
    /// Checks that graph, weights and options fit each other, before a device is opened.
    fn check(&self) -> Result<()> {
        let input = self.usual()?.input;
        match self.ending {
            None => self.graph(input)?,
            Some(_) => self.features_graph(input)?,
        };
        if self.labels.is_empty() {
            return Ok(());
        }
        let (names, classes) = (self.labels.len(), self.classes()?);
        if names != classes {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{} tells {classes} classes apart, found {names} labels",
                    self.name()
                ),
            ));
        }
        Ok(())
    }
}
