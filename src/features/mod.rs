//! The features of an image: the vector that a network computes before it scores classes.
//!
//! The features are the vector that the last layer scores classes by: timm's
//! `model.forward_head(model.forward_features(x), pre_logits=True)`. In AlexNet and VGG these are the 4096 values of the
//! last hidden layer, behind its ReLU. SqueezeNet scores each pixel and takes the mean of the scores; its features are
//! the mean of what is scored. The features of similar images have nearly the same direction: [`cosine`] compares two,
//! and [`rank`] sorts many.
//!
//! The spatial features are the image that the vector is made of, by pooling, flattening or hidden layers of the
//! classifier: timm's `forward_features`.
//!
//! Both are found by the structure of the graph, so a network of your own has them as well. Passes may run before or
//! after.
//!
//! ```
//! use menagerie::features;
//! use menagerie::tensor::Shape;
//!
//! let graph = menagerie::zoo::find("resnet50")?.graph()?;
//! let embedding = features::without_classifier(&graph)?;
//! assert_eq!(embedding.output_shape()?, Shape::vector(2048));
//! # Ok::<(), menagerie::Error>(())
//! ```

mod head;
mod similar;

pub(crate) use head::{
    Classifier, classifier, described_end, pooled_by, producer, without_dropout,
};
pub use similar::{Match, cosine, rank};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Flatten, GlobalAveragePool, Graph, Op, ValueId};

/// What the features are called where they come out of a run.
pub const FEATURES: &str = "features";

/// What the spatial features are called where they come out of a run.
pub const SPATIAL_FEATURES: &str = "spatial_features";

/// `graph` with its features as its only output, called [`FEATURES`], and without the layers behind them.
///
/// Weights need not have the layer that scores classes, and may have it for any number of classes.
///
/// # Errors
/// [`ErrorKind::Input`] where the network does not end in a layer that scores classes: linear, or a 1x1 convolution
/// of one pixel or with global average pooling behind it.
pub fn without_classifier(graph: &Graph) -> Result<Graph> {
    let mut graph = graph.clone();
    let features = add_features(&mut graph)?;
    graph.ending_at(&[(FEATURES, features)])
}

/// `graph` with the result of the layer or module `name` as its only output, called [`FEATURES`], and without the layers
/// behind it.
///
/// # Errors
/// As [`Graph::find`] and [`Graph::add_output`].
pub(crate) fn up_to_layer(graph: &Graph, name: &str) -> Result<Graph> {
    graph.ending_at(&[(FEATURES, graph.find(name)?)])
}

/// `graph` with its features as another output, called [`FEATURES`].
///
/// # Errors
/// As [`without_classifier`], and those of [`Graph::add_output`].
pub fn with_features(graph: &Graph) -> Result<Graph> {
    let mut graph = graph.clone();
    let features = add_features(&mut graph)?;
    graph.add_output(FEATURES, features)?;
    Ok(graph)
}

/// The spatial features of `graph`, for [`Graph::add_output`] or [`Graph::ending_at`].
///
/// # Errors
/// [`ErrorKind::Input`] as [`without_classifier`], and where they are no image or the network's input itself.
pub fn spatial_features(graph: &Graph) -> Result<ValueId> {
    let classifier = classifier(graph).ok_or_else(|| without(graph))?;
    let value = head::spatial(graph, classifier.reads);
    let is_input = graph.inputs().iter().any(|port| port.value == value);
    match graph.ty(value).shape().is_some() && !is_input {
        true => Ok(value),
        false => Err(Error::new(
            ErrorKind::Input,
            format!(
                "{} has no spatial features: its classifier reads no image that is computed before it, but {}",
                graph.name(),
                graph.value(value).name()
            ),
        )),
    }
}

/// The features of `graph`, for which it gets a node where none computes them.
fn add_features(graph: &mut Graph) -> Result<ValueId> {
    let Classifier { reads, pooled, .. } = classifier(graph).ok_or_else(|| without(graph))?;
    if head::is_vector(graph, reads) {
        return Ok(reads);
    }
    let op = match pooled {
        Some(_) => Op::GlobalAveragePool(GlobalAveragePool),
        None => Op::Flatten(Flatten),
    };
    let results = graph.add(FEATURES, op, vec![Some(reads)])?;
    Ok(results[0])
}

fn without(graph: &Graph) -> Error {
    Error::new(
        ErrorKind::Input,
        format!(
            "{} has no features: it would have to end in a layer that scores classes, linear or a 1x1 convolution with \
             global average pooling, but {}",
            graph.name(),
            described_end(graph)
        ),
    )
}
