//! The end of a network whose class maps are known: features that a linear layer scores after their mean is
//! taken, or before.

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Activation, Conv2d, Graph, Node, NodeId, Op, ParameterId};

/// A network's end. The score of class `c` is the mean over all pixels of
/// `activation(sum_k weight[c, k] feature_k + bias[c])`.
pub(super) struct Head {
    /// The node whose result are the features.
    pub features: NodeId,
    pub weight: ParameterId,
    pub bias: Option<ParameterId>,
    pub activation: Activation,
}

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
    graph.add_output(features);
    Ok(graph)
}

/// The end of `graph`.
///
/// # Errors
/// As [`with_features`].
pub(super) fn find(graph: &Graph) -> Result<Head> {
    let last = behind_nothing(graph, graph.output());
    linear_last(graph, last)
        .or_else(|| pooling_last(graph, last))
        .ok_or_else(|| unknown(graph, last))
}

/// The pooling commutes with a linear layer behind it.
fn linear_last(graph: &Graph, last: &Node) -> Option<Head> {
    let (weight, bias) = match last.op {
        Op::Linear(linear) if linear.activation == Activation::Identity => {
            (linear.weight, linear.bias)
        }
        Op::Conv2d(conv) if is_linear(&conv) && conv.activation == Activation::Identity => {
            (conv.weight, conv.bias)
        }
        _ => return None,
    };
    Some(Head {
        features: pooled(behind_nothing(graph, only_input(last)?))?,
        weight,
        bias,
        activation: Activation::Identity,
    })
}

/// What is pooled are the class maps themselves.
fn pooling_last(graph: &Graph, last: &Node) -> Option<Head> {
    let scored = behind_nothing(graph, pooled(last)?);
    let (activation, scored) = match scored.op {
        Op::Activation(activation) => (activation, behind_nothing(graph, only_input(scored)?)),
        _ => (Activation::Identity, scored),
    };
    let Op::Conv2d(conv) = scored.op else {
        return None;
    };
    let activation = match (conv.activation, activation) {
        (Activation::Identity, activation) | (activation, Activation::Identity) => activation,
        _ => return None,
    };
    is_linear(&conv).then_some(())?;
    Some(Head {
        features: only_input(scored)?,
        weight: conv.weight,
        bias: conv.bias,
        activation,
    })
}

/// Whether the convolution is a linear layer on each pixel.
fn is_linear(conv: &Conv2d) -> bool {
    conv.window.is_pointwise() && conv.groups == 1
}

/// What `node` takes the mean of over all pixels.
fn pooled(node: &Node) -> Option<NodeId> {
    match node.op {
        Op::GlobalAveragePool(_) => only_input(node),
        Op::AdaptiveAveragePool(_) if node.shape.is_vector() => only_input(node),
        _ => None,
    }
}

/// The node at `id`, or before it where it changes no value: outside training, or as there is one pixel only.
fn behind_nothing(graph: &Graph, mut id: NodeId) -> &Node {
    loop {
        let node = graph.node(id);
        match (&node.op, node.inputs.as_slice()) {
            (Op::Dropout(_), &[input]) => id = input,
            (Op::Flatten(_), &[input]) if graph.node(input).shape.is_vector() => id = input,
            _ => return node,
        }
    }
}

fn only_input(node: &Node) -> Option<NodeId> {
    match node.inputs.as_slice() {
        &[input] => Some(input),
        _ => None,
    }
}

fn unknown(graph: &Graph, last: &Node) -> Error {
    let before = only_input(last).map(|input| behind_nothing(graph, input));
    let reads = match before {
        Some(before) => format!(" reads {} ({})", before.name, before.op.kind()),
        None => " ends it".to_owned(),
    };
    Error::new(
        ErrorKind::Input,
        format!(
            "{} has no class activation maps: it would have to end in global average pooling and one linear \
             layer, but {} ({}){reads}",
            graph.name(),
            last.name,
            last.op.kind()
        ),
    )
}
