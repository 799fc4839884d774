//! The features of an image: the vector from which a network computes the scores of classes.
//!
//! The features are the input of the layer that scores classes: timm's
//! `model.forward_head(model.forward_features(x), pre_logits=True)`. In AlexNet and VGG they are the 4096 values of
//! the last hidden layer, after its ReLU. SqueezeNet scores each pixel and computes the mean of the scores; its
//! features are the mean of the scoring layer's input. The features of similar images have nearly the same
//! direction. [`cosine`] compares two vectors, and [`rank`] sorts many.
//!
//! The spatial features are the image from which pooling, flattening or hidden layers of the classifier compute the
//! features: timm's `forward_features`.
//!
//! Both are found by the structure of the graph, so they also work for your own networks, before and after passes.
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

/// The name of the output that contains the features.
pub const FEATURES: &str = "features";

/// The name of the output that contains the spatial features.
pub const SPATIAL_FEATURES: &str = "spatial_features";

/// Returns `graph` with its features as its only output, called [`FEATURES`], and without the layers after them.
///
/// The weights may contain the layer that scores classes, for any number of classes, or leave it out.
///
/// # Errors
/// [`ErrorKind::Input`] if the network does not end in a layer that scores classes: a linear layer, a 1x1
/// convolution of one pixel, or a 1x1 convolution followed by global average pooling.
pub fn without_classifier(graph: &Graph) -> Result<Graph> {
    let mut graph = graph.clone();
    let features = add_features(&mut graph)?;
    graph.ending_at(&[(FEATURES, features)])
}

/// Returns `graph` with the result of the layer or module `name` as its only output, called [`FEATURES`], and without
/// the layers after it.
///
/// # Errors
/// The same as [`Graph::find`] and [`Graph::add_output`].
pub(crate) fn up_to_layer(graph: &Graph, name: &str) -> Result<Graph> {
    graph.ending_at(&[(FEATURES, graph.find(name)?)])
}

/// Returns `graph` with its features as an additional output, called [`FEATURES`].
///
/// # Errors
/// The same as [`without_classifier`] and [`Graph::add_output`].
pub fn with_features(graph: &Graph) -> Result<Graph> {
    let mut graph = graph.clone();
    let features = add_features(&mut graph)?;
    graph.add_output(FEATURES, features)?;
    Ok(graph)
}

/// Returns the spatial features of `graph`, for [`Graph::add_output`] or [`Graph::ending_at`].
///
/// # Errors
/// [`ErrorKind::Input`] as [`without_classifier`], and if the spatial features are not an image or are the
/// network's input.
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

/// Returns the features of `graph`. Adds a node if none computes them.
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
