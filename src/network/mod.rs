//! Networks as most programs use them: a name or a graph, a device, and what a photo needs on its way, in one value.

mod builder;
mod device;
mod executor;
mod features;
mod largest;
mod notice;
mod prepared;
mod running;
mod weights;

use std::time::Duration;

pub use builder::NetworkBuilder;
pub use device::{Device, DeviceChoice};
pub use notice::Notice;
pub use weights::WeightsChoice;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Summary};
use crate::labels::Labels;
use crate::passes::PassSet;
use crate::photo::Photo;
use crate::preprocess::Preprocess;
use crate::session::Parameters;
use crate::tensor::{Shape, Tensor};
use crate::weights::Weights;
use crate::zoo::{self, Checkpoint, Task};
use prepared::Prepared;
pub(crate) use prepared::{Variant, Wanted};

/// A network with its weights on a device, ready for photos.
///
/// ```no_run
/// use menagerie::{Network, Photo};
///
/// let mut network = Network::load("resnet50")?;
/// for guess in network.classify(&Photo::open("cat.jpg")?)?.top(5) {
///     println!("{} {:.1} %", guess.label, 100.0 * guess.probability);
/// }
/// # Ok::<(), menagerie::Error>(())
/// ```
///
/// What it can be asked is in [`tasks`](crate::tasks): [`classify`](Network::classify), [`segment`](Network::segment),
/// [`explain`](Network::explain), [`features`](Network::features); [`run`](Network::run) takes and gives tensors.
///
/// A network is loaded once its weights were opened and found to be its own, and the device was opened. What it runs
/// is prepared, kernels compiled and parameters brought to the device, when the first image of a size comes, or before
/// by [`Network::prepare`]. It keeps what it prepared for the last few sizes, over one copy of the parameters.
///
/// Networks are independent of each other. Those that are built with clones of one [`Gpu`](crate::gpu::Gpu) share its
/// compiled kernels. A future that is dropped before its end leaves the network as usable as before. With the reference
/// executor, futures compute while they are polled.
pub struct Network {
    origin: Origin,
    weights: Weights,
    preprocess: Option<Preprocess>,
    labels: Labels,
    device: Device,
    batch: usize,
    size: Option<[usize; 2]>,
    passes: PassSet,
    ending: Option<Ending>,
    /// On the GPU, once something was prepared.
    parameters: Option<Parameters>,
    prepared: Vec<Prepared>,
    running: Duration,
}

/// What a network is loaded for where it is not its answer.
enum Ending {
    /// What its classifier reads.
    Classifier,
    /// The result of the layer of this name.
    Layer(String),
}

/// Where a network's graph comes from.
enum Origin {
    /// A network of the zoo, built for each size.
    Zoo(Checkpoint),
    /// A graph of the caller's own, of one size.
    Graph(Box<Graph>),
}

impl Network {
    /// How the network `name` of the [zoo] is to be loaded: without further options, as [`Network::load`]
    /// does it.
    pub fn builder<'a>(name: impl Into<String>) -> NetworkBuilder<'a> {
        NetworkBuilder::of_zoo(name.into())
    }

    /// How a network of your own is to be loaded. Where it is asked about photos, its input is one image, they need a
    /// [preprocessing](NetworkBuilder::preprocess), and its first output is the answer: a score for each class, or for
    /// each pixel and class. With [`Network::run_named`] it may have any inputs and outputs.
    ///
    /// ```
    /// use menagerie::graph::{Conv, network};
    /// use menagerie::network::Device;
    /// use menagerie::preprocess::Preprocess;
    /// use menagerie::tensor::Shape;
    /// use menagerie::weights::Weights;
    /// use menagerie::{Network, Photo};
    ///
    /// let graph = network("night_or_day", |net| {
    ///     let x = net.image("photo", Shape::new(3, 32, 32))?;
    ///     let x = net.conv("conv", x, Conv::new(8, 3).bias())?;
    ///     let x = net.relu("relu", x)?;
    ///     let x = net.global_average_pool("pool", x)?;
    ///     let x = net.linear("classes", x, 2)?;
    ///     net.output("scores", x)
    /// })?;
    /// let mut network = Network::of_graph(graph, Weights::synthetic(0))
    ///     .preprocess(Preprocess::IMAGENET)
    ///     .labels(["night", "day"])
    ///     .device(Device::Reference)
    ///     .load()?;
    /// let grey = Photo::new(40, 30, vec![128; 3 * 40 * 30])?;
    /// println!("{}", network.classify(&grey)?.top(1)[0].label);
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    pub fn of_graph<'a>(graph: Graph, weights: Weights) -> NetworkBuilder<'a> {
        NetworkBuilder::of_graph(graph, weights)
    }

    /// The network `name` of the zoo, with the weights that are found on this machine, on the fastest GPU there is, or
    /// else on the reference executor: in plain loops on the CPU.
    ///
    /// # Errors
    /// As [`NetworkBuilder::load_async`].
    pub async fn load_async(name: impl Into<String>) -> Result<Self> {
        Self::builder(name).load_async().await
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match &self.origin {
            Origin::Zoo(checkpoint) => checkpoint.model().name,
            Origin::Graph(graph) => graph.name(),
        }
    }

    /// The network of the zoo with its weights; none for a graph of your own.
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        match &self.origin {
            Origin::Zoo(checkpoint) => Some(checkpoint),
            Origin::Graph(_) => None,
        }
    }

    /// Its weights.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// What it runs on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The most images that go through at once.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// What it answers.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where the answer of a graph of your own is no image or vector.
    pub fn task(&self) -> Result<Task> {
        match &self.origin {
            Origin::Zoo(checkpoint) => Ok(checkpoint.model().task),
            Origin::Graph(graph) => Ok(match graph.output_shape()?.is_vector() {
                true => Task::Classify,
                false => Task::Segment,
            }),
        }
    }

    /// Number of classes that it tells apart: the channels of its answer.
    ///
    /// # Errors
    /// As [`Network::task`].
    pub fn classes(&self) -> Result<usize> {
        match &self.origin {
            Origin::Zoo(checkpoint) => Ok(checkpoint.classes()),
            Origin::Graph(graph) => Ok(graph.output_shape()?.channels),
        }
    }

    /// Names of its classes.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The class that `text` names: its index, its name in upper or lower case, or a part of it that no other has.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where there is no such class, or several could be meant.
    pub fn class(&self, text: &str) -> Result<usize> {
        self.labels.find(text, self.classes()?)
    }

    /// How a photo becomes an input of the usual size: as the publisher of the weights evaluates them, or as was chosen.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for a graph of your own that was given none.
    pub fn preprocess(&self) -> Result<Preprocess> {
        self.preprocess_for(self.usual_shape()?)
    }

    /// Layers, shapes and parameters, as the network was written, for images of its usual size.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where that size is too small for the network.
    pub fn summary(&self) -> Result<Summary> {
        Ok(Summary::of(&self.graph(self.usual_shape()?)?))
    }

    /// How long its runs have taken together, from tensors in host memory to tensors there. Preparing does not count.
    pub fn running_time(&self) -> Duration {
        self.running
    }

    /// Checks that its task is `wanted`.
    pub(crate) fn check_task(&self, wanted: Task) -> Result<()> {
        zoo::check_task(self.name(), self.task()?, wanted)
    }

    /// What a photo is preprocessed with, for some size.
    fn own_preprocess(&self) -> Result<Preprocess> {
        self.preprocess.ok_or_else(|| {
            Error::new(
                ErrorKind::Input,
                format!(
                    "{}: photos need a preprocessing, and none was given for this graph",
                    self.name()
                ),
            )
        })
    }

    /// The shape of the images that it takes where nothing else is said.
    pub(crate) fn usual_shape(&self) -> Result<Shape> {
        let usual = match &self.origin {
            Origin::Zoo(checkpoint) => checkpoint.model().input,
            Origin::Graph(graph) => graph.input_shape()?,
        };
        Ok(match self.size {
            Some([height, width]) => Shape {
                height,
                width,
                ..usual
            },
            None => usual,
        })
    }

    /// What is prepared where nothing else is said.
    pub(crate) fn usual(&self) -> Result<Wanted> {
        match &self.origin {
            Origin::Zoo(_) => Ok(self.usual_shape()?.into()),
            // One program is all there is, whatever inputs it has.
            Origin::Graph(graph) => Ok(graph.input_shape().unwrap_or(Shape::vector(1)).into()),
        }
    }

    /// The shape of the input for a photo: the usual one, or the photo's own size where the network answers for each
    /// pixel and takes any size.
    pub(crate) fn shape_for(&self, photo: &Photo) -> Result<Shape> {
        let usual = self.usual_shape()?;
        let is_free = matches!(self.origin, Origin::Zoo(_)) && self.size.is_none();
        Ok(match is_free && self.task()? == Task::Segment {
            true => Shape {
                height: photo.height(),
                width: photo.width(),
                ..usual
            },
            false => usual,
        })
    }

    /// How a photo becomes an input of `shape`.
    pub(crate) fn preprocess_for(&self, shape: Shape) -> Result<Preprocess> {
        Ok(self.own_preprocess()?.for_size(shape.height, shape.width))
    }

    /// The input of `shape` for `photo`.
    pub(crate) fn input(&self, photo: &Photo, shape: Shape) -> Result<Tensor> {
        self.preprocess_for(shape)?.apply(photo)
    }

    /// The graph for images of `shape`, as it was written.
    fn graph(&self, shape: Shape) -> Result<Graph> {
        match &self.origin {
            Origin::Zoo(checkpoint) => checkpoint.graph(shape),
            Origin::Graph(graph) => {
                // Of several inputs, a run checks each.
                if let Ok(expected) = graph.input_shape()
                    && shape != expected
                {
                    return Err(Error::new(
                        ErrorKind::Input,
                        format!("{} takes images of {expected}, found {shape}", self.name()),
                    ));
                }
                Ok((**graph).clone())
            }
        }
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Network({} of {} on {})",
            self.name(),
            self.weights,
            self.device
        )
    }
}
