//! How a network is to be loaded.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::device::{Device, DeviceChoice};
use super::notice::Notice;
use super::{Network, Origin};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::labels::Labels;
use crate::passes::PassSet;
use crate::preprocess::Preprocess;
use crate::tensor::Shape;
use crate::weights::Weights;
use crate::zoo::{self, Checkpoint, Model, WeightsSource};

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
    network: Named,
    weights: Option<WeightsChoice>,
    fetch: bool,
    synthetic: bool,
    preprocess: Option<Preprocess>,
    labels: Option<Labels>,
    device: DeviceChoice,
    autotuned: bool,
    batch: usize,
    size: Option<[usize; 2]>,
    passes: PassSet,
    notices: Box<dyn FnMut(Notice) + Send + 'a>,
}

/// Which network.
enum Named {
    Zoo(String),
    Graph(Box<Graph>, Weights),
}

/// Which weights a network of the zoo is loaded with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum WeightsChoice {
    /// What lies there.
    Source(WeightsSource),
    /// Weights that are open already.
    Open(Weights),
    /// Weights that are open already, with what belongs to them.
    Checkpoint(Checkpoint),
}

impl From<WeightsSource> for WeightsChoice {
    fn from(source: WeightsSource) -> Self {
        WeightsChoice::Source(source)
    }
}

impl From<Weights> for WeightsChoice {
    fn from(weights: Weights) -> Self {
        WeightsChoice::Open(weights)
    }
}

impl From<Checkpoint> for WeightsChoice {
    fn from(checkpoint: Checkpoint) -> Self {
        WeightsChoice::Checkpoint(checkpoint)
    }
}

impl From<PathBuf> for WeightsChoice {
    fn from(path: PathBuf) -> Self {
        WeightsSource::File(path).into()
    }
}

impl From<&Path> for WeightsChoice {
    fn from(path: &Path) -> Self {
        path.to_path_buf().into()
    }
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
            notices: Box::new(|_| {}),
        }
    }

    /// The weights of a network of the zoo, instead of those that [`WeightsSource::default_for`] finds: the path of a
    /// safetensors file, a [`WeightsSource`], or opened [`Weights`]. Preprocessing and labels follow from them; see
    /// [`Checkpoint`]. A graph of your own has its weights already, and loading it with others is an error.
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

    /// Whom to tell what is no failure: a missing GPU, the progress of a download.
    pub fn on_notice(mut self, notices: impl FnMut(Notice) + Send + 'a) -> Self {
        self.notices = Box::new(notices);
        self
    }

    /// Where the weights of a network of the zoo are: what was chosen or is found, downloaded or made up now.
    ///
    /// # Errors
    /// As [`NetworkBuilder::checkpoint`], but for the content of files; [`ErrorKind::Input`] where opened weights were
    /// chosen.
    pub fn source(&mut self) -> Result<WeightsSource> {
        let source = match &self.weights {
            None => self.at_hand(zoo::find(self.zoo_name()?)?)?,
            Some(WeightsChoice::Source(source)) => source.clone(),
            Some(_) => {
                let message = "weights that are open already are in no place";
                return Err(Error::new(ErrorKind::Input, message));
            }
        };
        self.weights = Some(source.clone().into());
        Ok(source)
    }

    /// The weights of a network of the zoo with what belongs to them, opened now: for who needs their preprocessing
    /// before the network is loaded. [`NetworkBuilder::load`] then takes these.
    ///
    /// # Errors
    /// Those of loading it that concern its name and weights; [`ErrorKind::Input`] for a graph of your own.
    pub fn checkpoint(&mut self) -> Result<Checkpoint> {
        let model = zoo::find(self.zoo_name()?)?;
        let checkpoint = match self.weights.take() {
            Some(WeightsChoice::Checkpoint(checkpoint)) => checkpoint,
            Some(WeightsChoice::Open(weights)) => Checkpoint::new(model, weights)?,
            Some(WeightsChoice::Source(source)) => source.open(model)?,
            None => self.at_hand(model)?.open(model)?,
        };
        if checkpoint.model().name != model.name {
            let (name, other) = (model.name, checkpoint.model().name);
            return Err(Error::new(
                ErrorKind::Weights,
                format!("expected weights of {name}, found those of {other}"),
            ));
        }
        self.weights = Some(checkpoint.clone().into());
        Ok(checkpoint)
    }

    /// Opens weights and device.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`] where the zoo has no such network; [`ErrorKind::MissingWeights`] where its weights
    /// are not on this machine, and [`ErrorKind::UnpublishedWeights`] where they cannot be downloaded either;
    /// [`ErrorKind::Weights`] where a file is not sound or not the network's, [`ErrorKind::Io`] where it cannot be read;
    /// [`ErrorKind::Server`] where a download fails; [`ErrorKind::Shape`] where the network does not take the size;
    /// [`ErrorKind::Input`] where labels are of another number than the classes, or the batch is 0;
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
            parameters: None,
            prepared: Vec::new(),
            running: Duration::ZERO,
        };
        network.check()?;
        network.device =
            Device::open_async(&self.device, self.autotuned, &mut *self.notices).await?;
        Ok(network)
    }

    fn zoo_name(&self) -> Result<&str> {
        match &self.network {
            Named::Zoo(name) => Ok(name),
            Named::Graph(..) => Err(Error::new(
                ErrorKind::Input,
                "a graph of your own is no network of the zoo",
            )),
        }
    }

    /// Where the weights of `model` are, where none were chosen.
    fn at_hand(&mut self, model: &Model) -> Result<WeightsSource> {
        let missing = match WeightsSource::default_for(model) {
            Err(error) => error,
            found => return found,
        };
        if self.fetch {
            return self.download(model);
        }
        if self.synthetic {
            let seed = 0;
            (self.notices)(Notice::SyntheticWeights { missing, seed });
            return Ok(WeightsSource::Synthetic(seed));
        }
        Err(missing)
    }

    #[cfg(feature = "hub")]
    fn download(&mut self, model: &Model) -> Result<WeightsSource> {
        let notices = &mut self.notices;
        let fetched = crate::hub::fetch(&model.repository()?, &mut |received, total| {
            notices(Notice::Downloading { received, total });
        });
        notices(Notice::DownloadEnded);
        fetched.map(|_| WeightsSource::Hub)
    }

    #[cfg(not(feature = "hub"))]
    fn download(&mut self, model: &Model) -> Result<WeightsSource> {
        let repository = model.repository()?;
        Err(Error::new(
            ErrorKind::Unsupported,
            format!("{repository}: this build cannot download, it lacks the feature hub"),
        ))
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
        weights.check(graph)
    }
}

impl Network {
    /// Checks that graph, weights and options fit each other, before a device is opened.
    fn check(&self) -> Result<()> {
        self.graph(self.usual()?.input)?;
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
