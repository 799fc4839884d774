//! Folds a batch normalisation into the convolution before it: with `s = gamma / sqrt(variance + epsilon)`,
//! `(conv(x, w) + b - mean) s + beta = conv(x, s w) + (b - mean) s + beta`. The result has the
//! convolution's name, as it has its taps, and the batch normalisation's activation.

use super::patch::{Outcome, Patch, Replacement, needed_elsewhere};
use crate::graph::{Activation, Conv2d, Derivation, Draft, NodeId, Op, Parameter};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let (Op::BatchNorm(norm), &[source]) = (&node.op, node.inputs.as_slice()) else {
        return Outcome::NoMatch;
    };
    let producer = draft.node(source);
    let Op::Conv2d(conv) = producer.op else {
        let kind = producer.op.kind();
        return Outcome::Refused(format!("{} is no conv2d but {kind}", producer.name));
    };
    if let Some(reason) = needed_elsewhere(draft, source) {
        return Outcome::Refused(reason);
    }
    if conv.activation != Activation::Identity {
        let reason = format!("{} applies {} before it", producer.name, conv.activation);
        return Outcome::Refused(reason);
    }
    if producer.inputs.len() > 1 {
        return Outcome::Refused(format!("{} adds a residual before it", producer.name));
    }

    let (weight_id, bias_id) = (draft.next_parameter(0), draft.next_parameter(1));
    let weight = Parameter {
        name: format!("{}.weight.folded", producer.name),
        shape: conv.weight_shape().to_vec(),
        trainable: true,
        derivation: Derivation::FoldedWeight {
            weight: conv.weight,
            norm: norm.parameters,
        },
    };
    let bias = Parameter {
        name: format!("{}.bias.folded", producer.name),
        shape: vec![conv.out_channels],
        trainable: true,
        derivation: Derivation::FoldedBias {
            bias: conv.bias,
            norm: norm.parameters,
        },
    };
    Outcome::Patch(Patch::Replace(Box::new(Replacement {
        name: producer.name.clone(),
        op: Op::Conv2d(Conv2d {
            weight: weight_id,
            bias: Some(bias_id),
            activation: norm.activation,
            ..conv
        }),
        inputs: producer.inputs.clone(),
        parameters: vec![weight, bias],
    })))
}
