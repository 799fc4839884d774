//! Weights of the zoo's networks with their source, publisher, preprocessing, labels and number of classes.

mod form;
mod meaning;
mod publisher;
mod recognise;
mod remark;
mod source;

pub(super) use form::Form;
pub use publisher::Publisher;
pub use remark::Remark;
pub use source::WeightsSource;

use super::Model;
use crate::error::Result;
use crate::features;
use crate::graph::Graph;
use crate::labels::Labels;
use crate::preprocess::Preprocess;
use crate::tensor::Shape;
use crate::weights::{Mismatch, Weights};
use meaning::{Meaning, meaning};

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
    form: Form,
    meaning: Meaning,
    /// The network whose own names these are, if others would have to be translated.
    other: Option<&'static Model>,
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
        let (form, weights) = form::formed(&weights, model, &model.graph()?)?;
        let mut meaning = meaning(model, &weights, publisher, &form)?;
        let other = recognise::namesake(&weights, model)?;
        if other.is_some() {
            // They are refused, so the rest is of no interest.
            meaning.remarks.clear();
        }
        Ok(Self {
            meaning,
            other,
            form,
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

    /// These weights with only the tensors whose names begin with `prefix`; see [`Weights::with_prefix`].
    ///
    /// # Errors
    /// The same as [`Checkpoint::new`].
    pub fn with_prefix(&self, prefix: &str) -> Result<Self> {
        Self::published_by(self.publisher, self.model, self.weights.with_prefix(prefix))
    }

    /// The preprocessing of photos for the default input. It comes from the file's metadata or tensors, from the files
    /// `preprocessor_config.json` and `config.json` beside it or in the folder above, or else from the publisher.
    pub fn preprocess(&self) -> Preprocess {
        self.meaning.preprocess
    }

    /// What a person should know about the weights: translated names, unused tensors, and what is assumed.
    pub fn remarks(&self) -> &[Remark] {
        &self.meaning.remarks
    }

    /// Whether the file has the layer that scores classes. Without it, the weights give only features.
    pub fn has_classifier(&self) -> bool {
        self.headless().is_none()
    }

    /// Why the weights have no layer that scores classes, if they have none.
    fn headless(&self) -> Option<&Mismatch> {
        self.weights.naming()?.headless.as_ref()
    }

    /// The default shape of images: the crop of [`Checkpoint::preprocess`], with the channels that the first convolution
    /// reads. If nothing says the size, it is that of the network's published weights, or 32x32 for a network whose first
    /// convolution is made for small images.
    pub fn input(&self) -> Shape {
        let [height, width] = self.preprocess().crop;
        Shape::new(self.form.channels, height, width)
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.form.classes
    }

    /// The names of the classes. They come from the file's metadata, from a list of names such as `labels.txt` or from
    /// `config.json` beside it or in the folder above, or else from the network's published weights. They are unknown, and so empty, if
    /// the number of classes differs from that of the published weights.
    pub fn labels(&self) -> Labels {
        self.meaning.labels.clone()
    }

    /// The network's graph for images of `input`, with the number of classes of the weights.
    ///
    /// # Errors
    /// The same as [`Model::graph_with_classes`] and [`Weights::check`], which here also names the network of the zoo
    /// that the weights belong to.
    pub fn graph(&self, input: Shape) -> Result<Graph> {
        let graph = self.model.graph_of(&self.form, input)?;
        if let (None, Some(mismatch)) = (self.other, self.headless()) {
            return Err(self.weights.mismatch(graph.name(), mismatch));
        }
        self.check(&graph)?;
        Ok(graph)
    }

    /// Checks that the weights belong to `graph`, a part of the network.
    fn check(&self, graph: &Graph) -> Result<()> {
        match self.other {
            Some(other) => Err(recognise::belong_to(
                &self.weights,
                graph.name(),
                other,
                None,
            )),
            None => recognise::check(&self.weights, graph),
        }
    }

    /// The network's graph for images of `input` without its classifier. Its answer is the features that
    /// [`without_classifier`](features::without_classifier) finds. The weights may have any number of classes, or no
    /// classifier.
    ///
    /// # Errors
    /// The same as [`Model::graph_for`], [`features::without_classifier`] and [`Weights::check`], which here also names
    /// the network of the zoo that the weights belong to.
    pub fn features_graph(&self, input: Shape) -> Result<Graph> {
        let graph = features::without_classifier(&self.model.graph_of(&self.form, input)?)?;
        self.check(&graph)?;
        Ok(graph)
    }

    /// The network's graph for images of `input` up to the layer or module `name`, whose result is its answer, as
    /// [`Graph::find`] finds it. The weights of later layers are not needed.
    ///
    /// # Errors
    /// The same as [`Model::graph_with_classes`], [`Graph::find`] and [`Weights::check`], which here also names the
    /// network of the zoo that the weights belong to.
    pub fn layer_graph(&self, input: Shape, name: &str) -> Result<Graph> {
        let whole = self.model.graph_of(&self.form, input)?;
        let graph = features::up_to_layer(&whole, name)?;
        self.check(&graph)?;
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
        let (form, _) = form::formed(weights, self, &self.graph()?)?;
        Ok(form.classes)
    }
}
