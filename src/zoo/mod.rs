//! The zoo: networks by name.

mod alexnet;
mod alexnet_lrn;
mod architecture;
mod catalog;
mod checkpoint;
mod convnext;
mod deeplab_v3;
mod densenet;
mod efficientnet;
mod efficientnet_lite;
mod evaluation;
mod fcn;
mod googlenet;
mod inception;
mod inception_resnet_v2;
mod inception_v3;
mod inverted_residual;
mod keras;
mod kinds;
mod known_files;
mod labels;
mod lenet5;
mod lraspp;
mod mnasnet;
mod mobilenet_v1;
mod mobilenet_v2;
mod mobilenet_v3;
mod nasnet;
mod papers;
mod photo_size;
mod published;
mod regnet;
mod resnet;
mod shufflenet_v2;
mod squeezenet;
mod timm;
mod torchvision;
mod torchvision_files;
mod unet;
mod vgg;
mod xception;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::preprocess::Preprocess;
use crate::suggestion::nearest;
use crate::tensor::Shape;
use architecture::Architecture;
use catalog::MODELS;
use checkpoint::Form;
pub use checkpoint::{Checkpoint, Publisher, Remark, WeightsSource};
use labels::Names;
#[cfg(feature = "onnx")]
pub(crate) use labels::imagenet_labels;
use photo_size::PhotoSize;
pub use published::Published;

/// The task of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Task {
    /// The class of an image.
    Classify,
    /// The class of each pixel of an image.
    Segment,
}

impl Task {
    /// The task of a network with an answer of `shape`: a score for each class, or for each class and pixel.
    pub(crate) fn of_answer(shape: Shape) -> Self {
        match shape.is_vector() {
            true => Task::Classify,
            false => Task::Segment,
        }
    }
}

/// A network of the zoo.
#[non_exhaustive]
pub struct Model {
    /// Its name for users.
    pub name: &'static str,
    /// Paper and year.
    pub paper: &'static str,
    /// The input that the published weights were trained for.
    pub input: Shape,
    /// Number of classes: the channels of the answer.
    pub classes: usize,
    /// Its task.
    pub task: Task,
    /// Its weights on the Hugging Face Hub, if any.
    pub published: Option<Published>,
    photo_size: PhotoSize,
    names: Names,
    preprocess: Preprocess,
    architecture: Architecture,
}

impl Model {
    /// The largest number of classes that a network can be built for.
    pub const MOST_CLASSES: usize = 1 << 20;

    /// The preprocessing of the reference implementation. It is valid only for weights of the reference implementation,
    /// the first ones that it published. [`Checkpoint::preprocess`] is that of opened weights.
    pub fn reference_preprocess(&self) -> Preprocess {
        self.preprocess
    }

    /// The name of its family, such as `ResNet`.
    pub fn family(&self) -> &'static str {
        self.architecture.family()
    }

    /// Checks that the network's task is `wanted`.
    ///
    /// # Errors
    /// [`ErrorKind::WrongTask`] if it has another task.
    pub fn check_task(&self, wanted: Task) -> Result<()> {
        check_task(self.name, self.task, wanted)
    }

    /// The network's graph for its default input.
    ///
    /// # Errors
    /// None for the models of the zoo; see [`Model::graph_for`].
    pub fn graph(&self) -> Result<Graph> {
        self.graph_for(self.input)
    }

    /// The network's graph for images of `input`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the image is too small for the network, with the smallest square that it
    /// supports, or if it has another number of channels.
    pub fn graph_for(&self, input: Shape) -> Result<Graph> {
        self.graph_with_classes(input, self.classes)
    }

    /// The network's graph for images of `input` and this number of `classes`, for weights that were trained on other
    /// classes. [`Model::classes_of`] returns the number for a file.
    ///
    /// # Errors
    /// The same as [`Model::graph_for`], and [`ErrorKind::Shape`] if `classes` is 0 or above
    /// [`Model::MOST_CLASSES`].
    pub fn graph_with_classes(&self, input: Shape, classes: usize) -> Result<Graph> {
        let form = Form {
            classes,
            ..Form::of(self)
        };
        self.graph_of(&form, input)
    }

    /// The network's graph for images of `input`, in a form that weights have.
    fn graph_of(&self, form: &Form, input: Shape) -> Result<Graph> {
        let classes = form.classes;
        if !(1..=Self::MOST_CLASSES).contains(&classes) {
            return Err(Error::new(
                ErrorKind::Shape,
                format!(
                    "{}: expected 1 to {} classes, found {classes}",
                    self.name,
                    Self::MOST_CLASSES
                ),
            ));
        }
        if input.channels != form.channels {
            return Err(Error::new(
                ErrorKind::Shape,
                format!(
                    "{}: expected images of {} channels, found {input}",
                    self.name, form.channels
                ),
            ));
        }
        let small = || self.architecture.build_small(self.name, input, classes);
        form.small_stem
            .then(small)
            .flatten()
            .unwrap_or_else(|| self.architecture.build(self.name, input, classes))
            .map_err(|error| self.too_small(input).unwrap_or(error))
            .map_err(|error| error.in_context(self.name))
    }

    /// The error for images of `input` that are smaller than the smallest square that the network supports.
    fn too_small(&self, input: Shape) -> Option<Error> {
        let takes = |side: usize| {
            let shape = Shape::new(input.channels, side, side);
            self.architecture
                .build(self.name, shape, self.classes)
                .is_ok()
        };
        let sides: Vec<usize> = (1..=self.input.height.min(self.input.width)).collect();
        // A network that supports a size also supports all larger ones up to its default.
        let smallest = 1 + sides.partition_point(|&side| !takes(side));
        (input.height.min(input.width) < smallest).then(|| {
            Error::new(
                ErrorKind::Shape,
                format!("expected images of at least {smallest}x{smallest}, found {input}"),
            )
        })
    }
}

/// Checks that the task of the network `name` is `wanted`.
///
/// # Errors
/// The same as [`Model::check_task`].
pub(crate) fn check_task(name: &str, task: Task, wanted: Task) -> Result<()> {
    if task == wanted {
        return Ok(());
    }
    let answers = match task {
        Task::Classify => "for the photo and not for each pixel",
        Task::Segment => "for each pixel and not for the photo",
    };
    let message = format!("{name} answers {answers}");
    Err(Error::new(ErrorKind::WrongTask, message))
}

/// All networks, sorted by name, with numbers in numerical order.
pub fn models() -> &'static [Model] {
    MODELS
}

/// Returns the network `name`.
///
/// # Errors
/// [`ErrorKind::UnknownModel`], with a similar name as a suggestion.
pub fn find(name: &str) -> Result<&'static Model> {
    if let Some(model) = MODELS.iter().find(|model| model.name == name) {
        return Ok(model);
    }
    let near = nearest(MODELS.iter().map(|model| model.name), name);
    let suggestion = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
    Err(Error::new(
        ErrorKind::UnknownModel,
        format!("no model is called {name:?}{suggestion}"),
    ))
}
