//! Turns a linear layer on a flattened image into a convolution whose kernel is the whole image: row
//! `o` of the matrix, read as channel, row, column, is filter `o`. The image keeps its layout, and no
//! flattened copy of it is made.

use super::patch::{Outcome, Patch, Replacement};
use crate::graph::{Conv2d, Derivation, Draft, NodeId, Op, Parameter, Window};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let (Op::Linear(linear), &[flat]) = (&node.op, node.inputs.as_slice()) else {
        return Outcome::NoMatch;
    };
    let flatten = draft.node(flat);
    let (Op::Flatten(_), &[image]) = (&flatten.op, flatten.inputs.as_slice()) else {
        return Outcome::NoMatch;
    };
    let shape = draft.node(image).shape;
    if shape.is_vector() {
        return Outcome::Refused(format!("{} is a vector already", draft.node(image).name));
    }
    let conv = Conv2d {
        window: Window {
            kernel: [shape.height, shape.width],
            ..Window::square(1, 1)
        },
        in_channels: shape.channels,
        out_channels: linear.out_features,
        groups: 1,
        weight: draft.next_parameter(0),
        bias: linear.bias,
        activation: linear.activation,
    };
    let stored = draft.graph().parameter(linear.weight);
    let weight = Parameter {
        name: format!("{}.weight.reshaped", node.name),
        shape: conv.weight_shape().to_vec(),
        trainable: stored.trainable,
        derivation: Derivation::Reshaped(linear.weight),
    };
    Outcome::Patch(Patch::Replace(Box::new(Replacement {
        name: node.name.clone(),
        op: Op::Conv2d(conv),
        inputs: vec![image],
        parameters: vec![weight],
    })))
}
