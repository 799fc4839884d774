//! The main type for most programs: a network with its weights, device, preprocessing and labels.

mod builder;
mod device;
mod executor;
mod features;
mod finite;
mod largest;
mod layer_errors;
mod loading;
mod model_file;
#[cfg(feature = "onnx")]
mod model_meaning;
mod named;
mod notice;
mod open_extents;
mod outline;
mod painting;
mod photo_options;
mod prepared;
mod running;
mod running_options;
mod self_test;
mod weights;
mod weights_choice;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use builder::NetworkBuilder;
pub use device::{Device, DeviceChoice};
pub use layer_errors::LayerError;
pub use notice::Notice;
pub use self_test::SelfTest;
pub use weights_choice::WeightsChoice;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Op, Signature, Summary};
use crate::labels::Labels;
use crate::meaning;
use crate::passes::PassSet;
use crate::photo::Photo;
use crate::preprocess::Preprocess;
use crate::program::Precision;
use crate::session::Parameters;
use crate::tensor::{Shape, Tensor};
use crate::weights::Weights;
use crate::zoo::{self, Checkpoint, Task};
pub(crate) use painting::{Painted, Seen};
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
/// Its [`tasks`](crate::tasks) are [`classify`](Network::classify), [`segment`](Network::segment),
/// [`explain`](Network::explain) and [`features`](Network::features). [`run`](Network::run) computes with tensors.
///
/// Loading opens the weights, checks that they belong to the network, and opens the device. Preparing compiles kernels
/// and uploads parameters. It happens at the first image of a size, or earlier by [`Network::prepare`]. A network keeps
/// prepared programs for the last few sizes, with one copy of the parameters.
///
/// Networks are independent of each other. Networks with clones of one [`Gpu`](crate::gpu::Gpu) share its compiled
/// kernels. A network stays usable if one of its futures is dropped early. With the reference executor, futures compute
/// while they are polled.
pub struct Network {
    origin: Origin,
    weights: Weights,
    preprocess: Option<Preprocess>,
    labels: Labels,
    device: Device,
    batch: usize,
    /// Whether batches may become smaller if the device has not enough memory.
    takes_smaller_batches: bool,
    size: Option<[usize; 2]>,
    passes: PassSet,
    /// Whether inputs and answers may be NaN or infinite. For parameters, the weights know it.
    allows_non_finite: bool,
    precision: Precision,
    /// The layers and modules that stay in f32.
    keep_f32: Vec<String>,
    ending: Option<Ending>,
    /// The parameters on the GPU, after the first preparation.
    parameters: Option<Parameters>,
    prepared: Vec<Prepared>,
    running: Duration,
}

/// The features that a network is loaded for, instead of its answer.
enum Ending {
    /// The input of its classifier.
    Classifier,
    /// The result of the layer of this name.
    Layer(String),
}

/// The origin of a network's graph.
enum Origin {
    /// A network of the zoo, built for each size.
    Zoo(Checkpoint),
    /// The caller's own graph, for one size.
    Graph(Box<Graph>),
}

impl Network {
    /// The precision in which the device stores weights and activations; see [`NetworkBuilder::precision`].
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match &self.origin {
            Origin::Zoo(checkpoint) => checkpoint.model().name,
            Origin::Graph(graph) => graph.name(),
        }
    }

    /// The network of the zoo with its weights, or `None` for your own graph.
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

    /// The files that it was loaded from: its weights, its model file, and files about them beside these.
    pub fn files(&self) -> Vec<PathBuf> {
        let own = self.weights.paths().map(Path::to_path_buf);
        let beside = self.weights.path().map(meaning::files);
        own.chain(beside.into_iter().flatten()).collect()
    }

    /// Its device.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The largest number of images in a batch. With [`NetworkBuilder::batch_up_to`], it becomes smaller when the
    /// device has not enough memory.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Its task.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the answer of your own graph is neither an image nor a vector.
    pub fn task(&self) -> Result<Task> {
        match &self.origin {
            Origin::Zoo(checkpoint) => Ok(checkpoint.model().task),
            Origin::Graph(graph) => Ok(Task::of_answer(graph.output_shape()?)),
        }
    }

    /// The number of its classes: the channels of its answer.
    ///
    /// # Errors
    /// The same as [`Network::task`].
    pub fn classes(&self) -> Result<usize> {
        match &self.origin {
            Origin::Zoo(checkpoint) => Ok(checkpoint.classes()),
            Origin::Graph(graph) => Ok(graph.output_shape()?.channels),
        }
    }

    /// The number of classes that it separates: one score separates two.
    fn separated(&self) -> Result<usize> {
        let classes = self.classes()?;
        Ok(match self.task()? {
            Task::Classify => classes.max(2),
            Task::Segment => classes,
        })
    }

    /// Names of its classes.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Finds a class by its index, by its name in upper or lower case, or by a part of the name that is unique.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no such class, or if several match.
    pub fn class(&self, text: &str) -> Result<usize> {
        self.labels.find(text, self.separated()?)
    }

    /// The preprocessing of photos for the default size: the chosen one, or that of the publisher of the weights.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for your own graph without one.
    pub fn preprocess(&self) -> Result<Preprocess> {
        self.preprocess_for(self.input_shape()?)
    }

    /// Layers, shapes and parameters of the network before any pass, for images of its default size.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if that size is too small for the network.
    pub fn summary(&self) -> Result<Summary> {
        Ok(Summary::of(&self.graph(self.usual()?.input)?))
    }

    /// Its inputs and outputs by name, for images of its default size.
    ///
    /// # Errors
    /// The same as [`Network::summary`].
    pub fn signature(&self) -> Result<Signature> {
        let input = self.usual()?.input;
        Ok(self.graph(input)?.signature())
    }

    /// Whether its answer is the result of a softmax.
    pub(crate) fn ends_in_softmax(&self) -> bool {
        let Origin::Graph(graph) = &self.origin else {
            return false;
        };
        let node = graph.answer().ok().and_then(|id| graph.value(id).node());
        node.is_some_and(|node| matches!(graph.node(node).op(), Op::Softmax(_)))
    }

    /// The total time of its runs, from tensors in host memory to tensors in host memory, without preparing.
    pub fn running_time(&self) -> Duration {
        self.running
    }

    /// Checks that its task is `wanted`.
    pub(crate) fn check_task(&self, wanted: Task) -> Result<()> {
        zoo::check_task(self.name(), self.task()?, wanted)
    }

    /// The preprocessing of photos, for any size.
    fn own_preprocess(&self) -> Result<Preprocess> {
        self.preprocess
            .ok_or_else(|| outline::no_preprocess(self.name()))
    }

    /// The shape of its images: the default, or that of the chosen [size](NetworkBuilder::size).
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if your own graph does not have one image as its input.
    pub fn input_shape(&self) -> Result<Shape> {
        let usual = match &self.origin {
            Origin::Zoo(checkpoint) => checkpoint.input(),
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

    /// The variant that is prepared by default.
    pub(crate) fn usual(&self) -> Result<Wanted> {
        match &self.origin {
            Origin::Zoo(_) => Ok(self.input_shape()?.into()),
            // Your own graph has only one program.
            Origin::Graph(graph) => Ok(graph.input_shape().unwrap_or(Shape::vector(1)).into()),
        }
    }

    /// The shape of the input for a photo of this width and height: the default, or the size of
    /// [`Model::size_for`](crate::zoo::Model::size_for), unless another size was chosen.
    pub(crate) fn shape_for(&self, [width, height]: [usize; 2]) -> Result<Shape> {
        let size = match (&self.origin, self.size) {
            (Origin::Zoo(checkpoint), None) => checkpoint.model().size_for([height, width]),
            _ => None,
        };
        let usual = self.input_shape()?;
        Ok(size.map_or(usual, |[height, width]| Shape {
            height,
            width,
            ..usual
        }))
    }

    /// The preprocessing of photos for inputs of `shape`.
    pub(crate) fn preprocess_for(&self, shape: Shape) -> Result<Preprocess> {
        let preprocess = self.own_preprocess()?;
        preprocess.check_channels(self.name(), shape.channels)?;
        Ok(preprocess.for_size(shape.height, shape.width))
    }

    /// The input of `shape` for `photo`.
    pub(crate) fn input(&self, photo: &Photo, shape: Shape) -> Result<Tensor> {
        self.preprocess_for(shape)?.apply(photo)
    }

    /// The graph for images of `shape`, before any pass.
    fn graph(&self, shape: Shape) -> Result<Graph> {
        match &self.origin {
            Origin::Zoo(checkpoint) => checkpoint.graph(shape),
            Origin::Graph(graph) => {
                // A run checks each of several inputs.
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
