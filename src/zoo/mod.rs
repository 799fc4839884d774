//! The zoo: every network by name, written with the words of its paper.

mod alexnet;
mod alexnet_lrn;
mod architecture;
mod catalog;
mod checkpoint;
mod densenet;
mod efficientnet;
mod efficientnet_lite;
mod evaluation;
mod googlenet;
mod inception;
mod inception_resnet_v2;
mod inception_v3;
mod inverted_residual;
mod keras;
mod labels;
mod lenet5;
mod mnasnet;
mod mobilenet_v1;
mod mobilenet_v2;
mod mobilenet_v3;
mod nasnet;
mod published;
mod regnet;
mod resnet;
mod squeezenet;
mod timm;
mod torchvision;
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
pub use checkpoint::{Checkpoint, Publisher, WeightsSource};
use labels::Names;
pub use published::Published;

/// What a network says of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Task {
    /// Which class it belongs to.
    Classify,
    /// Which of its pixels show what is looked for: an answer for each.
    Segment,
}

/// A network of the zoo.
#[non_exhaustive]
pub struct Model {
    /// What users type.
    pub name: &'static str,
    /// Paper and year.
    pub paper: &'static str,
    /// The input that the published weights were trained for.
    pub input: Shape,
    /// Length of the answer.
    pub classes: usize,
    /// What the answer says.
    pub task: Task,
    /// The weights that the Hugging Face Hub has for it.
    pub published: Option<Published>,
    names: Names,
    preprocess: Preprocess,
    architecture: Architecture,
}

impl Model {
    /// Most classes that a network can be built for.
    pub const MOST_CLASSES: usize = 1 << 20;

    /// How a photo becomes the input, as the reference implementation evaluates the network. It holds for weights of
    /// the reference implementation and for no others; [`Checkpoint::preprocess`] is that of weights that were opened.
    pub fn reference_preprocess(&self) -> Preprocess {
        self.preprocess
    }

    /// Checks that the network's task is `wanted`.
    ///
    /// # Errors
    /// [`ErrorKind::WrongTask`] if it is another one.
    pub fn check_task(&self, wanted: Task) -> Result<()> {
        check_task(self.name, self.task, wanted)
    }

    /// The network's graph for its usual input.
    ///
    /// # Errors
    /// None for the models of the zoo; see [`Model::graph_for`].
    pub fn graph(&self) -> Result<Graph> {
        self.graph_for(self.input)
    }

    /// The network's graph for images of `input`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the image is too small for the network, naming the smallest square that
    /// it takes, or has another number of channels.
    pub fn graph_for(&self, input: Shape) -> Result<Graph> {
        self.graph_with_classes(input, self.classes)
    }

    /// The network's graph for images of `input`, with an answer of `classes` entries: what was trained
    /// on other classes than the published weights. [`Model::classes_of`] finds the number.
    ///
    /// # Errors
    /// The same as [`Model::graph_for`], and [`ErrorKind::Shape`] if `classes` is 0 or above
    /// [`Model::MOST_CLASSES`].
    pub fn graph_with_classes(&self, input: Shape, classes: usize) -> Result<Graph> {
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
        if input.channels != self.input.channels {
            return Err(Error::new(
                ErrorKind::Shape,
                format!(
                    "{}: expected images of {} channels, found {input}",
                    self.name, self.input.channels
                ),
            ));
        }
        self.architecture
            .build(self.name, input, classes)
            .map_err(|error| self.too_small(input).unwrap_or(error))
            .map_err(|error| error.in_context(self.name))
    }

    /// The error for images of `input`, where a side is shorter than the smallest square that the network
    /// takes.
    fn too_small(&self, input: Shape) -> Option<Error> {
        let takes = |side: usize| {
            let shape = Shape::new(input.channels, side, side);
            self.architecture
                .build(self.name, shape, self.classes)
                .is_ok()
        };
        let sides: Vec<usize> = (1..=self.input.height.min(self.input.width)).collect();
        // A network that takes a size takes the larger ones up to its usual one.
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

/// All networks, in the order of their names, where a number comes before a larger one.
pub fn models() -> &'static [Model] {
    MODELS
}

/// The network called `name`.
///
/// # Errors
/// [`ErrorKind::UnknownModel`], suggesting a name that begins so or is much like it.
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
