//! The layers of a network as Keras lists them.

use std::cmp::Reverse;

use super::Layer;
use crate::graph::{Activation, Graph, Node, Op, Origin, ValueId};

/// What Keras takes for one layer: one node, or the two of a separable convolution.
struct Described {
    name: String,
    class: &'static str,
    result: ValueId,
    parameters: usize,
    /// Places of the layers that it reads.
    reads: Vec<usize>,
}

/// The layers of `graph` by Keras's names and classes, with the channels last in shapes, in Keras's order.
pub(super) fn layers(graph: &Graph) -> Vec<Layer> {
    let (layers, outputs) = described(graph);
    let listed = order(&layers, outputs).into_iter().map(|index| {
        let layer = &layers[index];
        let extents = channels_last(graph, layer.result);
        let output: String = extents.iter().map(|extent| format!(", {extent}")).collect();
        Layer {
            name: layer.name.clone(),
            kind: layer.class,
            output: format!("(None{output})"),
            extents,
            parameters: layer.parameters,
        }
    });
    listed.collect()
}

/// The layers in the order in which they are computed, and the places of those that make the outputs.
fn described(graph: &Graph) -> (Vec<Described>, Vec<usize>) {
    let mut layers: Vec<Described> = Vec::new();
    let mut layer_of = vec![None; graph.values().len()];
    for port in graph.inputs() {
        layer_of[port.value.index()] = Some(layers.len());
        layers.push(Described {
            name: "input_layer".to_owned(),
            class: "InputLayer",
            result: port.value,
            parameters: 0,
            reads: Vec::new(),
        });
    }
    for (_, node) in graph.computed() {
        let stored = node.reads().map(|read| graph.value(read));
        let stored = stored.filter(|value| matches!(value.origin(), Origin::Stored { .. }));
        let parameters = stored.map(|value| value.ty().count()).sum();
        // No layer of Keras has a dot in its name: what follows one is a part of the layer.
        let (name, is_part) = match node.name().split_once('.') {
            Some((layer, _)) => (layer, true),
            None => (node.name(), false),
        };
        match layers.last_mut() {
            Some(layer) if is_part && layer.name == name => {
                layer.result = node.result();
                layer.parameters += parameters;
            }
            _ => layers.push(Described {
                name: name.to_owned(),
                class: class(node, is_part),
                result: node.result(),
                parameters,
                reads: node
                    .reads()
                    .filter_map(|read| layer_of[read.index()])
                    .collect(),
            }),
        }
        layer_of[node.result().index()] = Some(layers.len() - 1);
    }
    let outputs = graph.outputs().iter();
    let outputs = outputs.filter_map(|port| layer_of[port.value.index()]);
    (layers, outputs.collect())
}

fn class(node: &Node, is_part: bool) -> &'static str {
    match node.op() {
        Op::Conv2d(_) if is_part => "SeparableConv2D",
        Op::Conv2d(conv) if conv.groups > 1 => "DepthwiseConv2D",
        Op::Conv2d(_) => "Conv2D",
        Op::BatchNorm(_) => "BatchNormalization",
        // Keras writes the limit of 6 as an argument of the layer ReLU.
        Op::Activation(Activation::Relu6) => "ReLU",
        Op::Activation(_) => "Activation",
        Op::MaxPool(_) => "MaxPooling2D",
        Op::AveragePool(_) => "AveragePooling2D",
        Op::GlobalAveragePool(_) => "GlobalAveragePooling2D",
        Op::Add(_) => "Add",
        Op::Concat(_) => "Concatenate",
        Op::Crop(_) => "Cropping2D",
        Op::Pad(_) => "ZeroPadding2D",
        Op::Linear(_) => "Dense",
        other => other.kind(),
    }
}

/// Rows, columns and channels of an image, or the extent of a vector.
fn channels_last(graph: &Graph, value: ValueId) -> Vec<usize> {
    match graph.ty(value).dims()[..] {
        [_, channels, height, width] => vec![height, width, channels],
        ref dims => dims.iter().skip(1).copied().collect(),
    }
}

/// Keras's order (`keras/src/ops/function.py`): the layers farthest from an output first, and of those equally far the
/// ones that a search from the outputs meets first.
fn order(layers: &[Described], outputs: Vec<usize>) -> Vec<usize> {
    let mut distances = vec![0; layers.len()];
    for (index, layer) in layers.iter().enumerate().rev() {
        for &read in &layer.reads {
            distances[read] = distances[read].max(distances[index] + 1);
        }
    }
    let mut met = Vec::with_capacity(layers.len());
    let mut is_met = vec![false; layers.len()];
    let mut pending = outputs;
    pending.reverse();
    while let Some(index) = pending.pop() {
        if !std::mem::replace(&mut is_met[index], true) {
            met.push(index);
            pending.extend(layers[index].reads.iter().rev());
        }
    }
    met.sort_by_key(|&index| Reverse(distances[index]));
    met
}
