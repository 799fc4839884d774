//! The end of a network whose class maps are known: features that a linear layer scores after their mean is
//! taken, or before.

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Activation, Conv2d, Graph, Node, Op, ValueId};
use crate::tensor::Shape;

/// A network's end. The score of class `c` is the mean over all pixels of
/// `activation(sum_k weight[c, k] feature_k + bias[c])`.
pub(super) struct Head {
    /// The features.
    pub features: ValueId,
    pub weight: ValueId,
    pub bias: Option<ValueId>,
    pub activation: Activation,
}

/// What the features are called where they come out of a run.
const FEATURES: &str = "features";

/// `graph` with the features that its class maps are made of as another output.
///
/// Passes may run before or after.
///
/// # Errors
/// [`ErrorKind::Input`] where the network does not end in global average pooling and one linear layer, or in a
/// 1x1 convolution and global average pooling.
pub fn with_features(graph: &Graph) -> Result<Graph> {
    let features = find(graph)?.features;
    let mut graph = graph.clone();
    graph.add_output(FEATURES, features)?;
    Ok(graph)
}

/// The end of `graph`.
///
/// # Errors
/// As [`with_features`].
pub(super) fn find(graph: &Graph) -> Result<Head> {
    let last = behind_nothing(graph, graph.answer()?);
    let head = producer(graph, last)
        .and_then(|node| linear_last(graph, node).or_else(|| pooling_last(graph, node)));
    head.ok_or_else(|| unknown(graph, last))
}

/// The pooling commutes with a linear layer behind it.
fn linear_last(graph: &Graph, last: &Node) -> Option<Head> {
    let is_linear = match last.op() {
        Op::Linear(_) => true,
        Op::Conv2d(conv) => is_pointwise(conv),
        _ => false,
    };
    let is_bare = last.pre().is_identity() && last.post().is_identity();
    if !is_linear || !is_bare {
        return None;
    }
    let pooled = producer(graph, behind_nothing(graph, last.input()?))?;
    Some(Head {
        features: pooled_by(graph, pooled)?,
        weight: last.inputs()[1]?,
        bias: last.inputs()[2],
        activation: Activation::Identity,
    })
}

/// What is pooled are the class maps themselves.
fn pooling_last(graph: &Graph, last: &Node) -> Option<Head> {
    let scored = producer(graph, behind_nothing(graph, pooled_by(graph, last)?))?;
    let (activation, conv) = match scored.op() {
        Op::Activation(activation) => {
            let scores = behind_nothing(graph, scored.input()?);
            (*activation, producer(graph, scores)?)
        }
        _ => (Activation::Identity, scored),
    };
    let Op::Conv2d(op) = conv.op() else {
        return None;
    };
    let fused = Activation::of(conv.post()).filter(|_| conv.operands().is_empty())?;
    let activation = match (fused, activation) {
        (Activation::Identity, activation) | (activation, Activation::Identity) => activation,
        _ => return None,
    };
    (is_pointwise(op) && conv.pre().is_identity()).then_some(())?;
    Some(Head {
        features: conv.input()?,
        weight: conv.inputs()[1]?,
        bias: conv.inputs()[2],
        activation,
    })
}

/// Whether the convolution is a linear layer on each pixel.
fn is_pointwise(conv: &Conv2d) -> bool {
    conv.window.is_pointwise() && conv.groups == 1
}

/// What `node` takes the mean of over all pixels.
fn pooled_by(graph: &Graph, node: &Node) -> Option<ValueId> {
    let is_vector = graph
        .ty(node.result())
        .shape()
        .is_some_and(|shape: Shape| shape.is_vector());
    match node.op() {
        Op::GlobalAveragePool(_) => node.input(),
        Op::AdaptiveAveragePool(_) if is_vector => node.input(),
        _ => None,
    }
}

fn producer(graph: &Graph, value: ValueId) -> Option<&Node> {
    graph.value(value).node().map(|id| graph.node(id))
}

/// The value `id`, or what it is made of where that changes nothing: outside training, or as there is one pixel only.
fn behind_nothing(graph: &Graph, mut id: ValueId) -> ValueId {
    while let Some(node) = producer(graph, id)
        && let Some(input) = node.input()
    {
        let is_vector = graph
            .ty(input)
            .shape()
            .is_some_and(|shape| shape.is_vector());
        match node.op() {
            Op::Dropout(_) => id = input,
            Op::Flatten(_) if is_vector => id = input,
            _ => break,
        }
    }
    id
}

fn unknown(graph: &Graph, last: ValueId) -> Error {
    let describe = |value: ValueId| {
        let kind = producer(graph, value).map_or("input", |node| node.op().kind());
        format!("{} ({kind})", graph.value(value).name())
    };
    let before = producer(graph, last).and_then(Node::input);
    let reads = match before {
        Some(before) => format!(" reads {}", describe(behind_nothing(graph, before))),
        None => " ends it".to_owned(),
    };
    Error::new(
        ErrorKind::Input,
        format!(
            "{} has no class activation maps: it would have to end in global average pooling and one linear \
             layer, but {}{reads}",
            graph.name(),
            describe(last)
        ),
    )
}
