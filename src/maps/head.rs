//! The end of a network whose class maps are known: features that a linear layer scores after their mean is
//! taken, or before.

use crate::error::{Error, ErrorKind, Result};
use crate::features::{
    Classifier, SPATIAL_FEATURES, classifier, described_end, pooled_by, producer, without_dropout,
};
use crate::graph::{Activation, Graph, ValueId};

/// A network's end. The score of class `c` is the mean over all pixels of
/// `activation(sum_k weight[c, k] feature_k + bias[c])`.
pub(super) struct Head {
    /// The features.
    pub features: ValueId,
    pub weight: ValueId,
    pub bias: Option<ValueId>,
    pub activation: Activation,
}

/// `graph` with the features that its class maps are made of, its spatial features, as another output.
///
/// Passes may run before or after.
///
/// # Errors
/// [`ErrorKind::Input`] where the network does not end in global average pooling and one linear layer, or in a
/// 1x1 convolution and global average pooling.
pub fn with_features(graph: &Graph) -> Result<Graph> {
    let features = find(graph)?.features;
    let mut graph = graph.clone();
    graph.add_output(SPATIAL_FEATURES, features)?;
    Ok(graph)
}

/// The end of `graph`.
///
/// # Errors
/// As [`with_features`].
pub(super) fn find(graph: &Graph) -> Result<Head> {
    let answer = without_dropout(graph, graph.answer()?);
    let head = classifier(graph)
        // What comes behind the scores does not commute with their mean.
        .filter(|classifier| classifier.scores == answer)
        .and_then(|classifier| head_of(graph, &classifier));
    head.ok_or_else(|| {
        Error::new(
            ErrorKind::Input,
            format!(
                "{} has no class activation maps: it would have to end in global average pooling and one linear \
                 layer, but {}",
                graph.name(),
                described_end(graph)
            ),
        )
    })
}

fn head_of(graph: &Graph, classifier: &Classifier<'_>) -> Option<Head> {
    let Classifier { layer, reads, .. } = *classifier;
    let (features, activation) = match classifier.pooled {
        // What is pooled are the class maps themselves.
        Some(activation) => (reads, activation),
        // The pooling commutes with a linear layer behind it.
        None if layer.post().is_identity() => {
            let features = pooled_by(graph, producer(graph, reads)?)?;
            (features, Activation::Identity)
        }
        None => return None,
    };
    Some(Head {
        features,
        weight: layer.inputs()[1]?,
        bias: layer.inputs()[2],
        activation,
    })
}
