//! The end of a network: the layer that scores classes, and what it reads.

use crate::graph::{Activation, Conv2d, Graph, Node, Op, ValueId};
use crate::tensor::Shape;

/// The layer that scores classes.
pub(crate) struct Classifier<'a> {
    /// A linear layer or a 1x1 convolution.
    pub layer: &'a Node,
    /// The value that it reads, before dropout.
    pub reads: ValueId,
    /// If it scores each pixel: the activation that is applied to the scores before the mean of all pixels is
    /// computed.
    pub pooled: Option<Activation>,
    /// The scores of the image: the answer, or the input of the final softmax or activation.
    pub scores: ValueId,
}

/// Returns the layer that scores the classes of `graph`, or `None` if the network does not end in one.
pub(crate) fn classifier(graph: &Graph) -> Option<Classifier<'_>> {
    let mut last = without_dropout(graph, graph.answer().ok()?);
    while let Some(node) = producer(graph, last)
        && matches!(node.op(), Op::Softmax(_) | Op::Activation(_))
    {
        last = without_dropout(graph, node.input()?);
    }
    let node = producer(graph, last)?;
    linear_last(graph, node, last).or_else(|| pooling_last(graph, node, last))
}

/// Returns the layer if it scores a vector.
fn linear_last<'a>(graph: &Graph, layer: &'a Node, scores: ValueId) -> Option<Classifier<'a>> {
    let reads = without_dropout(graph, layer.input()?);
    let is_linear = match layer.op() {
        Op::Linear(_) => true,
        Op::Conv2d(conv) => is_pointwise(conv) && is_vector(graph, reads),
        _ => false,
    };
    (is_linear && layer.pre().is_identity()).then_some(Classifier {
        layer,
        reads,
        pooled: None,
        scores,
    })
}

/// Returns the layer if it scores each pixel and `last` computes the mean of these scores.
fn pooling_last<'a>(graph: &'a Graph, last: &Node, scores: ValueId) -> Option<Classifier<'a>> {
    let scored = producer(graph, without_dropout(graph, pooled_by(graph, last)?))?;
    let (activation, layer) = match scored.op() {
        Op::Activation(activation) => {
            let scores = without_dropout(graph, scored.input()?);
            (*activation, producer(graph, scores)?)
        }
        _ => (Activation::Identity, scored),
    };
    let Op::Conv2d(conv) = layer.op() else {
        return None;
    };
    let fused = Activation::of(layer.post()).filter(|_| layer.operands().is_empty())?;
    let pooled = match (fused, activation) {
        (Activation::Identity, activation) | (activation, Activation::Identity) => activation,
        _ => return None,
    };
    (is_pointwise(conv) && layer.pre().is_identity()).then_some(())?;
    Some(Classifier {
        layer,
        reads: without_dropout(graph, layer.input()?),
        pooled: Some(pooled),
        scores,
    })
}

/// Returns the image that `features` are computed from by pooling, flattening or hidden layers. If there is none,
/// returns the first value of this chain.
pub(super) fn spatial(graph: &Graph, features: ValueId) -> ValueId {
    let mut value = features;
    while let Some(input) = hidden_layer(graph, value).and_then(Node::input) {
        value = input;
    }
    while let Some(node) = producer(graph, value)
        && is_pooling(graph, node)
        && let Some(input) = node.input()
    {
        value = input;
    }
    value
}

/// Returns whether `node` is one of the operations that make a vector of an image: pooling, flattening, dropout, and a
/// normalisation of the vector.
fn is_pooling(graph: &Graph, node: &Node) -> bool {
    match node.op() {
        Op::GlobalAveragePool(_) | Op::AdaptiveAveragePool(_) | Op::Flatten(_) | Op::Dropout(_) => {
            true
        }
        Op::LayerNorm(_) => is_vector(graph, node.result()),
        _ => false,
    }
}

/// Returns the linear layer that computes `value`, or whose result reaches it through element-wise operations.
fn hidden_layer(graph: &Graph, mut value: ValueId) -> Option<&Node> {
    loop {
        let node = producer(graph, value)?;
        match node.op() {
            Op::Linear(_) => return Some(node),
            Op::Activation(_)
            | Op::PRelu(_)
            | Op::BatchNorm(_)
            | Op::LayerNorm(_)
            | Op::Dropout(_) => {
                value = node.input()?;
            }
            _ => return None,
        }
    }
}

/// Returns the input of `node` if `node` computes the mean of all its pixels.
pub(crate) fn pooled_by(graph: &Graph, node: &Node) -> Option<ValueId> {
    match node.op() {
        Op::GlobalAveragePool(_) => node.input(),
        Op::AdaptiveAveragePool(_) if is_vector(graph, node.result()) => node.input(),
        _ => None,
    }
}

/// Returns the node that computes `value`.
pub(crate) fn producer(graph: &Graph, value: ValueId) -> Option<&Node> {
    graph.value(value).node().map(|id| graph.node(id))
}

/// Returns the value `id` without the operations that do not change the data: dropout, and flattening of one pixel.
pub(crate) fn without_dropout(graph: &Graph, mut id: ValueId) -> ValueId {
    while let Some(node) = producer(graph, id)
        && let Some(input) = node.input()
    {
        match node.op() {
            Op::Dropout(_) => id = input,
            Op::Flatten(_) if is_vector(graph, input) => id = input,
            _ => break,
        }
    }
    id
}

/// Describes the last layer of `graph` and its input, for error messages: `fc8 (linear) reads relu7 (activation)`.
pub(crate) fn described_end(graph: &Graph) -> String {
    let Ok(answer) = graph.answer() else {
        return "it has no answer".to_owned();
    };
    let last = without_dropout(graph, answer);
    let describe = |value: ValueId| {
        let kind = producer(graph, value).map_or("input", |node| node.op().kind());
        format!("{} ({kind})", graph.value(value).name())
    };
    let before = producer(graph, last).and_then(Node::input);
    let reads = match before {
        Some(before) => format!("reads {}", describe(without_dropout(graph, before))),
        None => "ends it".to_owned(),
    };
    format!("{} {reads}", describe(last))
}

/// Returns whether the convolution is a linear layer on each pixel.
fn is_pointwise(conv: &Conv2d) -> bool {
    conv.window.is_pointwise() && conv.groups == 1
}

pub(super) fn is_vector(graph: &Graph, value: ValueId) -> bool {
    graph
        .ty(value)
        .shape()
        .is_some_and(|shape: Shape| shape.is_vector())
}
