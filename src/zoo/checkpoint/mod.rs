//! Weights of the zoo's networks with their source, publisher, preprocessing, labels and number of classes.

mod classes;
mod publisher;
mod recognise;
mod source;

pub use publisher::Publisher;
pub use source::WeightsSource;

use super::Model;
use crate::error::Result;
use crate::features;
use crate::graph::Graph;
use crate::labels::Labels;
use crate::preprocess::Preprocess;
use crate::tensor::Shape;
use crate::weights::Weights;

/// Weights of a network of the zoo, with the preprocessing of their publisher and the names of their classes. These are
/// opened together, because a photo that is preprocessed for other weights gives a worse answer and no error.
///
/// ```
/// use menagerie::zoo::{self, Publisher};
///
/// let model = zoo::find("mobilenet_v2")?;
/// let checkpoint = model.checkpoint()?;
/// let graph = checkpoint.graph(model.input)?;
/// checkpoint.weights().check(&graph)?;
/// assert_eq!(checkpoint.publisher(), Publisher::Reference);
/// assert_eq!(checkpoint.labels().name(285), Some("Egyptian cat"));
/// # Ok::<(), menagerie::Error>(())
/// ```
#[derive(Clone)]
pub struct Checkpoint {
    model: &'static Model,
    weights: Weights,
    publisher: Publisher,
    classes: usize,
}

impl Checkpoint {
    /// Creates a checkpoint of `model` from `weights`. Their path and content determine the publisher; see
    /// [`Publisher`].
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) if no graph can have their number of classes. Weights of
    /// another model are refused by [`Checkpoint::graph`].
    pub fn new(model: &'static Model, weights: Weights) -> Result<Self> {
        Self::published_by(Publisher::of(model, &weights), model, weights)
    }

    fn published_by(publisher: Publisher, model: &'static Model, weights: Weights) -> Result<Self> {
        Ok(Self {
            classes: model.classes_of(&weights)?,
            model,
            weights,
            publisher,
        })
    }

    /// The network.
    pub fn model(&self) -> &'static Model {
        self.model
    }

    /// The weights.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The publisher of the weights.
    pub fn publisher(&self) -> Publisher {
        self.publisher
    }

    /// The publisher's preprocessing of photos for the network's default input.
    pub fn preprocess(&self) -> Preprocess {
        match (self.publisher, &self.model.published) {
            (Publisher::Hub, Some(published)) => published.preprocess,
            _ => match self.weights.path() {
                Some(path) => self.model.preprocess_of_file(path),
                None => self.model.preprocess,
            },
        }
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The names of the classes. They are unknown, and so empty, if the number of classes differs from that of the
    /// published weights.
    pub fn labels(&self) -> Labels {
        match self.classes == self.model.classes {
            true => self.model.labels(),
            false => Labels::default(),
        }
    }

    /// The network's graph for images of `input`, with the number of classes of the weights.
    ///
    /// # Errors
    /// The same as [`Model::graph_with_classes`] and [`Weights::check`], which here also names the network of the zoo
    /// that the weights belong to.
    pub fn graph(&self, input: Shape) -> Result<Graph> {
        let graph = self.model.graph_with_classes(input, self.classes)?;
        recognise::check(&self.weights, &graph)?;
        Ok(graph)
    }

    /// The network's graph for images of `input` without its classifier. Its answer is the features that
    /// [`without_classifier`](features::without_classifier) finds. The weights may have any number of classes, or no
    /// classifier.
    ///
    /// # Errors
    /// The same as [`Model::graph_for`], [`features::without_classifier`] and [`Weights::check`], which here also names
    /// the network of the zoo that the weights belong to.
    pub fn features_graph(&self, input: Shape) -> Result<Graph> {
        let graph = features::without_classifier(&self.model.graph_for(input)?)?;
        recognise::check(&self.weights, &graph)?;
        Ok(graph)
    }

    /// The network's graph for images of `input` up to the layer or module `name`, whose result is its answer, as
    /// [`Graph::find`] finds it. The weights of later layers are not needed.
    ///
    /// # Errors
    /// The same as [`Model::graph_with_classes`], [`Graph::find`] and [`Weights::check`], which here also names the
    /// network of the zoo that the weights belong to.
    pub fn layer_graph(&self, input: Shape, name: &str) -> Result<Graph> {
        let whole = self.model.graph_with_classes(input, self.classes)?;
        let graph = features::up_to_layer(&whole, name)?;
        recognise::check(&self.weights, &graph)?;
        Ok(graph)
    }
}

impl std::fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            model,
            weights,
            publisher,
            ..
        } = self;
        write!(
            f,
            "Checkpoint({} of {}, {publisher:?})",
            weights, model.name
        )
    }
}

impl Model {
    /// Opens the network's trained weights from [`WeightsSource::default_for`], with their preprocessing and labels.
    ///
    /// # Errors
    /// The same as [`WeightsSource::default_for`] and [`WeightsSource::open`].
    pub fn checkpoint(&'static self) -> Result<Checkpoint> {
        WeightsSource::default_for(self)?.open(self)
    }

    /// The number of classes of `weights` of this network: the outputs of its last layer. For synthetic weights, and
    /// for those of another network, it is the network's own number.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) if no graph can have that number.
    pub fn classes_of(&self, weights: &Weights) -> Result<usize> {
        classes::classes(weights, self, &self.graph()?)
    }
}
