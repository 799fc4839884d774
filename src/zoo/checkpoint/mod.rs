//! Weights of the zoo's networks with what belongs to them: where they lie, how many classes they tell apart, and whose
//! they are.

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

/// Weights of a network of the zoo, with the preprocessing that their publisher evaluates them with and the names of
/// the classes that they tell apart. They are opened together, since a photo that is preprocessed for other weights
/// gives a worse answer, and no error.
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
    /// `weights` as those of `model`. Whose they are follows from where they lie and what they hold; see [`Publisher`].
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) if no graph can have their number of classes. Other weights
    /// than the model's are refused by [`Checkpoint::graph`].
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

    /// Whose they are.
    pub fn publisher(&self) -> Publisher {
        self.publisher
    }

    /// How a photo becomes the network's usual input, as their publisher evaluates them.
    pub fn preprocess(&self) -> Preprocess {
        match (self.publisher, &self.model.published) {
            (Publisher::Hub, Some(published)) => published.preprocess,
            _ => self.model.preprocess,
        }
    }

    /// Number of classes that they tell apart.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Names of their classes; none where they tell another number of classes apart than the published weights: then
    /// nothing says what these are.
    pub fn labels(&self) -> Labels {
        match self.classes == self.model.classes {
            true => self.model.labels(),
            false => Labels::default(),
        }
    }

    /// The network's graph for images of `input`, with an answer of as many entries as the weights tell classes apart.
    ///
    /// # Errors
    /// The same as [`Model::graph_with_classes`] and [`Weights::check`], which here also says which other network of
    /// the zoo they are the weights of.
    pub fn graph(&self, input: Shape) -> Result<Graph> {
        let graph = self.model.graph_with_classes(input, self.classes)?;
        recognise::check(&self.weights, &graph)?;
        Ok(graph)
    }

    /// The network's graph for images of `input` without its classifier, of which the answer is the features that
    /// [`without_classifier`](features::without_classifier) finds. The weights may tell any classes apart, or none.
    ///
    /// # Errors
    /// The same as [`Model::graph_for`], [`features::without_classifier`] and [`Weights::check`], which here also says
    /// which other network of the zoo they are the weights of.
    pub fn features_graph(&self, input: Shape) -> Result<Graph> {
        let graph = features::without_classifier(&self.model.graph_for(input)?)?;
        recognise::check(&self.weights, &graph)?;
        Ok(graph)
    }

    /// The network's graph for images of `input` up to the layer or module `name`, whose result is its answer, as
    /// [`Graph::find`] finds it. The weights need nothing that is behind it.
    ///
    /// # Errors
    /// The same as [`Model::graph_with_classes`], [`Graph::find`] and [`Weights::check`], which here also says which
    /// other network of the zoo they are the weights of.
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
    /// The network's trained weights, from where [`WeightsSource::default_for`] finds them, with what belongs to them.
    ///
    /// # Errors
    /// The same as [`WeightsSource::default_for`] and [`WeightsSource::open`].
    pub fn checkpoint(&'static self) -> Result<Checkpoint> {
        WeightsSource::default_for(self)?.open(self)
    }

    /// How many classes `weights` tell apart where they are weights of this network: the outputs of its last layer.
    /// Synthetic weights, and those of another network, give the network's own number.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) if no graph can have that number.
    pub fn classes_of(&self, weights: &Weights) -> Result<usize> {
        classes::classes(weights, self, &self.graph()?)
    }
}
