//! The classification head of a network that has class activation maps: a linear layer after or before global average
//! pooling.

use crate::error::{Error, ErrorKind, Result};
use crate::features::{
    Classifier, SPATIAL_FEATURES, classifier, described_end, pooled_by, producer, without_dropout,
};
use crate::graph::{Activation, Graph, ValueId};

/// The head of a network. The score of class `c` is the mean over all pixels of
/// `activation(sum_k weight[c, k] feature_k + bias[c])`.
pub(super) struct Head {
    /// The features.
    pub features: ValueId,
    pub weight: ValueId,
    pub bias: Option<ValueId>,
    pub activation: Activation,
}

/// Adds the spatial features of `graph`, from which class maps are computed, as another output.
///
/// Passes may run before or after this.
///
/// # Errors
/// [`ErrorKind::Input`] if the network does not end in global average pooling and one linear layer, or in a 1x1
/// convolution and global average pooling.
pub fn with_features(graph: &Graph) -> Result<Graph> {
    let features = find(graph)?.features;
    let mut graph = graph.clone();
    graph.add_output(SPATIAL_FEATURES, features)?;
    Ok(graph)
}

/// The head of `graph`.
///
/// # Errors
/// As [`with_features`].
pub(super) fn find(graph: &Graph) -> Result<Head> {
    let answer = without_dropout(graph, graph.answer()?);
    let head = classifier(graph)
        // An operation after the scores does not commute with their mean.
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
        // The pooling reads the class maps themselves.
        Some(activation) => (reads, activation),
        // The pooling commutes with the linear layer after it.
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
